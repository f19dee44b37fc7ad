using Game.Contracts;
using Game.Contracts.Friends;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Presence;
using Game.Gateway.Http;

namespace Game.Gateway.Friends;

/// <summary>The caller's friend list. The other player may be at home on any shard of the game, served here or not.</summary>
internal static class FriendEndpoints
{
    private const string Friend = $"/{{{RouteIds.Friend}}}";

    public static void Map(RouteGroupBuilder api)
    {
        var friends = api.MapGroup("/friends").WithTags("Friends");
        friends.MapGet("/", ListAsync).WithName("listFriends").WithSummary("The caller's friends, open requests and blocked players.")
            .Produces<FriendListView>();
        friends.MapGet("/presence", PresenceAsync).WithName("getFriendsPresence").WithSummary("Which of the caller's friends are online.")
            .Produces<FriendsPresenceBody>();
        Describe(friends.MapPost(Friend, RequestAsync), "requestFriend", "Asks a player, or accepts if asked.", StatusCodes.Status202Accepted);
        Describe(friends.MapPost(Friend + "/accept", AcceptAsync), "acceptFriend", "Accepts a player's request.", StatusCodes.Status202Accepted);
        Describe(friends.MapPost(Friend + "/decline", DeclineAsync), "declineFriend", "Declines a player's request.", StatusCodes.Status200OK);
        Describe(friends.MapPost(Friend + "/remove", RemoveAsync), "removeFriend", "Ends a friendship or withdraws a request.", StatusCodes.Status200OK);
        Describe(friends.MapPost(Friend + "/block", BlockAsync), "blockPlayer", "Blocks a player; ends a friendship and requests.", StatusCodes.Status200OK);
        Describe(friends.MapPost(Friend + "/unblock", UnblockAsync), "unblockPlayer", "Takes a block back.", StatusCodes.Status200OK);
    }

    private static void Describe(RouteHandlerBuilder endpoint, string name, string summary, int status) =>
        endpoint.WithName(name).WithSummary(summary).Produces<FriendView>(status);

    private static async Task<IResult> ListAsync(Caller caller, ShardRouter shards) => Reply.Ok(await ListOf(caller, shards).GetAsync());

    private static async Task<IResult> PresenceAsync(Caller caller, ShardRouter shards)
    {
        var list = await ListOf(caller, shards).GetAsync();
        var presence = await shards.On(caller.Shard).GetGrain<IPresenceGrain>(caller.Shard)
            .GetAsync([.. list.Friends.Select(friend => friend.PlayerId)]);
        return Reply.Ok(new FriendsPresenceBody(presence));
    }

    private static async Task<IResult> RequestAsync(string friendId, IdempotencyKey key, Caller caller, ShardRouter shards)
    {
        // Where the other's shard is not served here, that shard itself answers: the request comes back closed.
        if (shards.Serves(EntityId.ShardOf(friendId)) && await shards.Home<IPlayerGrain>(friendId).GetAsync() is null)
        {
            return Reply.Refused(Refusal.NotFound(RefusalCodes.PlayerNotFound, "There is no such player."));
        }

        return Reply.Of(
            await ListOf(caller, shards).HandleAsync(new RequestFriend(key.For(caller), friendId, caller.Name)), Reply.Accepted);
    }

    private static async Task<IResult> AcceptAsync(string friendId, IdempotencyKey key, Caller caller, ShardRouter shards) => Reply.Of(
        await ListOf(caller, shards).HandleAsync(new AcceptFriend(key.For(caller), friendId, caller.Name)), Reply.Accepted);

    private static Task<IResult> DeclineAsync(string friendId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        DoAsync(new DeclineFriend(key.For(caller), friendId), caller, shards);

    private static Task<IResult> RemoveAsync(string friendId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        DoAsync(new RemoveFriend(key.For(caller), friendId), caller, shards);

    private static Task<IResult> BlockAsync(string friendId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        DoAsync(new BlockPlayer(key.For(caller), friendId), caller, shards);

    private static Task<IResult> UnblockAsync(string friendId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        DoAsync(new UnblockPlayer(key.For(caller), friendId), caller, shards);

    private static async Task<IResult> DoAsync(FriendCommand command, Caller caller, ShardRouter shards) =>
        Reply.Of(await ListOf(caller, shards).HandleAsync(command), Reply.Ok);

    private static IFriendListGrain ListOf(Caller caller, ShardRouter shards) => shards.Home<IFriendListGrain>(caller.PlayerId);
}

internal sealed record FriendsPresenceBody(IReadOnlyList<PlayerPresence> Items);

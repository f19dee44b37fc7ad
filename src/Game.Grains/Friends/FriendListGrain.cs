using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Contracts.Friends;
using Game.Contracts.Identity;
using Game.Contracts.Presence;
using Game.Domain.Friends;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;
using Game.Grains.Shards;

namespace Game.Grains.Friends;

[Reentrant]
public sealed class FriendListGrain(EventSourcingServices services, ShardIdentity shard, KnownShards shards)
    : EventSourcedGrain<FriendList, FriendCommand>(services), IFriendListGrain
{
    protected override string Category => StreamName.Friends;

    public async Task<Outcome<FriendView>> HandleAsync(FriendCommand command)
    {
        var player = command switch
        {
            RequestFriend c => c.Player,
            AcceptFriend c => c.Player,
            DeclineFriend c => c.Player,
            RemoveFriend c => c.Player,
            BlockPlayer c => c.Player,
            UnblockPlayer c => c.Player,
            ReceiveFriendLink c => c.Player,
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A friend list does not know this command."),
        };

        // A letter to a shard that does not exist would wait for an answer for ever.
        return command is RequestFriend && !await shards.ContainsAsync(EntityId.ShardOf(player))
            ? Outcome.Refuse<FriendView>(Refusal.NotFound(RefusalCodes.PlayerNotFound, "There is no such player."))
            : await ExecuteAsync(command, list => list.ViewOf(player));
    }

    public async Task<FriendListView> GetAsync() => (await ReadAsync()).ToView();

    public async Task<bool> HasBlockedAsync(string player) => (await ReadAsync()).Blocked.Contains(player);

    /// <summary>Tells the owner's sessions, and who watches the coming and going of friends.</summary>
    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        foreach (var fact in facts)
        {
            Feed.Push(
                GrainFactory,
                FeedTopics.Player(Key),
                "friend.event",
                new { playerId = Key, kind = Codec.AliasOf(fact.GetType()), @event = (object)fact });
        }

        _ = GrainFactory.GetGrain<IPresenceGrain>(shard.Name).FriendsChangedAsync(Key);
    }
}

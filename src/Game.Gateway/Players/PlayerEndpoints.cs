using Game.Contracts;
using Game.Contracts.Players;
using Game.Gateway.Http;

namespace Game.Gateway.Players;

internal static class PlayerEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var players = api.MapGroup("/players").WithTags("Players");
        players.MapGet("/me", GetMeAsync).WithName("getMe").WithSummary("The caller's own player.").Produces<PlayerBody>();
        players.MapGet("/{playerId}", GetAsync).WithName("getPlayer").WithSummary("A player, without the wallet of others.")
            .Produces<PlayerBody>();
    }

    private static Task<IResult> GetMeAsync(Caller caller, ShardRouter shards) => GetAsync(caller.PlayerId, caller, shards);

    private static async Task<IResult> GetAsync(string playerId, Caller caller, ShardRouter shards) =>
        await shards.Home<IPlayerGrain>(playerId).GetAsync() switch
        {
            null => Reply.Refused(Refusal.NotFound(RefusalCodes.PlayerNotFound, "There is no such player.")),
            { } player => Reply.Ok(playerId == caller.PlayerId ? PlayerBody.Own(player) : PlayerBody.Foreign(player)),
        };
}

using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Gateway.Http;

namespace Game.Gateway.Wars;

/// <summary>Wars: reading them and fighting.</summary>
internal static class WarEndpoints
{
    private const string List = "wars";

    internal static Refusal NotFound { get; } = Refusal.NotFound(RefusalCodes.WarNotFound, "There is no such war.");

    public static void Map(RouteGroupBuilder api)
    {
        var wars = api.MapGroup("/wars").WithTags("Wars");
        wars.MapGet("/", ListAsync).WithName("listWars").WithSummary("Wars the session's shard knows of, newest first.")
            .Produces<Page<WarSummary>>();
        wars.MapGet("/{warId}", GetAsync).WithName("getWar").WithSummary("A war.").Produces<WarBody>();
        wars.MapGet("/{warId}/front", GetFrontAsync).WithName("getWarFront").WithSummary("The session's shard's part of a war.")
            .Produces<FrontView>();
        wars.MapPost("/{warId}/contribute", ContributeAsync).WithName("contribute").WithSummary("Strikes for the own guild.")
            .Produces<StrikeResult>();
        WarDiplomacyEndpoints.Map(wars);
    }

    /// <summary>A war from its home or, where that is elsewhere, from this shard's front; null if neither knows it.</summary>
    internal static async Task<WarBody?> FindAsync(string warId, Caller caller, ShardRouter shards)
    {
        if (shards.Serves(EntityId.ShardOf(warId)))
        {
            return await shards.Home<IGuildWarGrain>(warId).GetAsync() is { } war ? WarBody.Of(war) : null;
        }

        return await shards.On(caller.Shard).GetGrain<IWarFrontGrain>(warId).GetAsync() is { } front ? WarBody.Of(front) : null;
    }

    private static async Task<IResult> ListAsync(
        string? guild, string? status, QueryNumber? limit, string? cursor, Caller caller, ShardRouter shards)
    {
        WarStatus? wanted = null;
        if ((guild is null ? null : RouteIds.CheckEntity("guild", guild)) is { } badGuild)
        {
            return Reply.Refused(badGuild);
        }

        if (status is not null)
        {
            if (!EnumNames.TryParse<WarStatus>(status, out var parsed))
            {
                return Reply.Refused(Problem.Invalid("status", "declared, started, ended, settled or cancelled"));
            }

            wanted = parsed;
        }

        if (PageRequest.Read(List, limit, cursor, key => EntityId.TryParse(key, out _), out var page) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var found = await shards.On(caller.Shard).GetGrain<IWarDirectoryGrain>(caller.Shard)
            .ListAsync(guild, wanted, page.After, page.CountAndOne);
        return Reply.Ok(page.Of(List, found, war => war.Id));
    }

    private static async Task<IResult> GetAsync(string warId, Caller caller, ShardRouter shards) =>
        await FindAsync(warId, caller, shards) is { } war ? Reply.Ok(war)
        : shards.CheckServed(warId) is { } elsewhere ? Reply.Refused(elsewhere)
        : Reply.Refused(NotFound);

    private static async Task<IResult> GetFrontAsync(string warId, Caller caller, ShardRouter shards) =>
        await shards.On(caller.Shard).GetGrain<IWarFrontGrain>(warId).GetAsync() is { } front
            ? Reply.Ok(front)
            : Reply.Refused(Refusal.NotFound(RefusalCodes.FrontNotOpen, "The war has no front on this shard."));

    private static async Task<IResult> ContributeAsync(
        string warId, JsonBody<ContributeBody> body, IdempotencyKey key, Caller caller, ShardRouter shards) => Reply.Of(
        await shards.Home<IPlayerGrain>(caller.PlayerId).StrikeAsync(key.For(caller), warId, body.Value.Power),
        Reply.Ok);
}

using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.WorldEvents;
using Game.Gateway.Http;

namespace Game.Gateway.WorldEvents;

/// <summary>World events as the session's shard knows them; it needs no other shard to answer.</summary>
internal static class EventEndpoints
{
    private const string List = "events";

    private static readonly Refusal NotFound = Refusal.NotFound(RefusalCodes.EventNotFound, "This shard has heard of no such event.");

    public static void Map(RouteGroupBuilder api)
    {
        var events = api.MapGroup("/events").WithTags("World events");
        events.MapGet("/", ListAsync).WithName("listEvents").WithSummary("World events the session's shard knows of, latest start first.")
            .Produces<Page<EventSummaryBody>>();
        events.MapGet("/{eventId}", GetAsync).WithName("getEvent").WithSummary("A world event, the shard's part in it and the caller's.")
            .Produces<EventBody>();
        events.MapPost("/{eventId}/strike", StrikeAsync).WithName("strikeBoss").WithSummary("Strikes a world boss.")
            .Produces<BossStrikeResult>();
    }

    private static async Task<IResult> ListAsync(string? status, QueryNumber? limit, string? cursor, Caller caller, ShardRouter shards)
    {
        WorldEventStatus? wanted = null;
        if (status is not null)
        {
            if (!EnumNames.TryParse<WorldEventStatus>(status, out var parsed))
            {
                return Reply.Refused(Problem.Invalid("status", "scheduled, announced, started, ended, settled or cancelled"));
            }

            wanted = parsed;
        }

        if (PageRequest.Read(List, limit, cursor, key => EntityId.TryParse(key, out _), out var page) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var found = await DirectoryOf(caller, shards).ListAsync(wanted, page.After, page.CountAndOne);
        return Reply.Ok(page.Of(List, [.. found.Select(EventSummaryBody.Of)], known => known.Id));
    }

    private static async Task<IResult> GetAsync(string eventId, Caller caller, ShardRouter shards)
    {
        if (await DirectoryOf(caller, shards).FindAsync(eventId) is not { } summary)
        {
            return Reply.Refused(NotFound);
        }

        var front = shards.On(caller.Shard).GetGrain<IWorldEventFrontGrain>(eventId);
        return Reply.Ok(EventBody.Of(summary, await front.GetAsync(), await front.GetDamageAsync(caller.PlayerId)));
    }

    private static async Task<IResult> StrikeAsync(
        string eventId, JsonBody<BossStrikeBody> body, IdempotencyKey key, Caller caller, ShardRouter shards) => Reply.Of(
        await shards.On(caller.Shard).GetGrain<IWorldEventFrontGrain>(eventId)
            .StrikeAsync(new StrikeBoss(key.For(caller), caller.PlayerId, body.Value.Power)),
        Reply.Ok);

    private static IWorldEventDirectoryGrain DirectoryOf(Caller caller, ShardRouter shards) =>
        shards.On(caller.Shard).GetGrain<IWorldEventDirectoryGrain>(caller.Shard);
}

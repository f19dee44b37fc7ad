using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;
using Game.Gateway.Http;

namespace Game.Gateway.WorldEvents;

/// <summary>
/// What operators do with world events, at the management port. Who did it is part of the event's stream, and logged.
/// </summary>
internal static partial class EventOperations
{
    private const int Shown = 100;

    public static void Map(RouteGroupBuilder management)
    {
        management.MapGet("/ops/world-events", ListAsync);
        management.MapPost("/ops/world-events", ScheduleAsync);
        management.MapPost("/ops/world-events/cancel", CancelAsync);
    }

    private static async Task<IResult> ListAsync(ShardRouter shards) => Reply.Ok(
        await shards.On(shards.Default).GetGrain<IWorldEventDirectoryGrain>(shards.Default).ListAsync(null, null, Shown));

    /// <summary>The first shard that this gateway serves coordinates the event.</summary>
    private static async Task<IResult> ScheduleAsync(
        JsonBody<ScheduleEventBody> body,
        IdempotencyKey key,
        ShardRouter shards,
        OperatorSettings settings,
        ILogger<ScheduleEventBody> logger)
    {
        if ((key.Problem ?? body.Problem) is { } problem)
        {
            return Reply.Refused(problem);
        }

        // The key and the start make the id: asked for again, it is the same event.
        var plan = body.Value.ToPlan();
        var id = WorldEventSchedule.IdOf(shards.All[0], plan.StartsAt, $"operator:{key.Value}");
        var scheduled = await shards.Home<IWorldEventGrain>(id).HandleAsync(new ScheduleWorldEvent("schedule", settings.Name, plan));
        if (scheduled.Accepted)
        {
            LogScheduled(logger, settings.Name, plan.Kind, id, plan.StartsAt, plan.EndsAt);
        }

        return Reply.Of(scheduled, Reply.Created);
    }

    private static async Task<IResult> CancelAsync(
        JsonBody<CancelEventBody> body, IdempotencyKey key, ShardRouter shards, OperatorSettings settings, ILogger<CancelEventBody> logger)
    {
        if ((key.Problem ?? body.Problem) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var id = body.Value.EventId;
        if (shards.CheckServed(id) is { } elsewhere)
        {
            return Reply.Refused(elsewhere);
        }

        var cancelled = await shards.Home<IWorldEventGrain>(id).HandleAsync(new CancelWorldEvent($"cancel:{key.Value}", settings.Name));
        if (cancelled.Accepted)
        {
            LogCancelled(logger, settings.Name, id);
        }

        return Reply.Of(cancelled, Reply.Ok);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operator} scheduled a {Kind}, {Id}, from {StartsAt} to {EndsAt}.")]
    private static partial void LogScheduled(
        ILogger logger, string @operator, WorldEventKind kind, string id, DateTimeOffset startsAt, DateTimeOffset endsAt);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operator} called {Id} off.")]
    private static partial void LogCancelled(ILogger logger, string @operator, string id);
}

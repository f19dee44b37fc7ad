using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics;
using Game.Gateway.Http;

namespace Game.Gateway.Analytics;

/// <summary>What clients report of their own player.</summary>
internal static class ActionEndpoints
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/players/me/actions", ReportAsync).WithTags("Players")
        .WithName("reportActions").WithSummary("Reports what the caller's player did, for analytics.")
        .Produces<ReportedBody>(StatusCodes.Status202Accepted);

    private static async Task<IResult> ReportAsync(
        JsonBody<ReportBody> body, IdempotencyKey key, Caller caller, ShardRouter shards, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var actions = new PlayerAction[body.Value.Actions.Count];
        for (var i = 0; i < actions.Length; i++)
        {
            actions[i] = body.Value.Actions[i].ToAction($"{key.Value}/{i}", caller);
            if (ActionRules.CheckReport(actions[i], now) is { } refusal)
            {
                return Reply.Refused(Refusal.Invalid($"actions[{i}].{refusal.Field}", refusal.Limit!));
            }
        }

        await shards.On(caller.Shard).GetGrain<IActionIntakeGrain>(ActionStreams.BucketOf(caller.PlayerId)).TakeAsync(actions);
        return Reply.Accepted(new ReportedBody(actions.Length));
    }
}

/// <summary>1 to 100 actions of one player, in the order in which they were done.</summary>
internal sealed record ReportBody(IReadOnlyList<ReportedAction> Actions) : IRequestBody
{
    public Refusal? Check()
    {
        if (Actions.Count is < 1 or > ActionLimits.MaxBatch)
        {
            return Refusal.Invalid("actions", $"1 to {ActionLimits.MaxBatch} actions");
        }

        for (var i = 0; i < Actions.Count; i++)
        {
            if (Actions[i] is null)
            {
                return Refusal.Invalid($"actions[{i}]", "an action");
            }
        }

        return null;
    }
}

internal sealed record ReportedAction(
    ActionKind Kind,
    DateTimeOffset At,
    string? Skill = null,
    string? Item = null,
    string? Target = null,
    long? Amount = null,
    string? Product = null,
    ActionOutcome? Outcome = null,
    int? X = null,
    int? Y = null)
{
    public PlayerAction ToAction(string id, Caller caller) => new(
        id,
        caller.PlayerId,
        caller.Shard,
        Kind,
        At.ToUniversalTime(),
        caller.SessionId,
        Skill,
        Item,
        Target,
        Amount,
        Currency: null,
        Product,
        Outcome,
        X,
        Y);
}

internal sealed record ReportedBody(int Accepted);

using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.WorldEvents;
using Game.Gateway.Http;

namespace Game.Gateway.WorldEvents;

internal sealed record BossStrikeBody(int Power) : IRequestBody
{
    public Refusal? Check() => CheckPower(Power);

    public static Refusal? CheckPower(int power) => power is < WorldEventLimits.MinPower or > WorldEventLimits.MaxPower
        ? Refusal.Invalid("power", $"{WorldEventLimits.MinPower} to {WorldEventLimits.MaxPower}")
        : null;
}

/// <summary>
/// An event as a list shows it. <paramref name="Damage"/> is what has been settled; null where there is no boss, like the rest
/// of it.
/// </summary>
internal record EventSummaryBody(
    string Id,
    WorldEventKind Kind,
    string Name,
    WorldEventStatus Status,
    DateTimeOffset StartsAt,
    DateTimeOffset EndsAt,
    DateTimeOffset? EndedAt,
    WorldEventEnding? Ending,
    int? Multiplier,
    long? HitPoints,
    long? Reward,
    long? Damage)
{
    public static EventSummaryBody Of(WorldEventSummary summary)
    {
        var plan = summary.Plan;
        var boss = plan.Kind == WorldEventKind.WorldBoss;
        return new EventSummaryBody(
            summary.Id, plan.Kind, plan.Name, summary.Status, plan.StartsAt, plan.EndsAt, summary.EndedAt, summary.Ending,
            boss ? null : plan.Multiplier,
            boss ? plan.HitPoints : null,
            boss ? plan.Reward : null,
            boss ? summary.Damage : null);
    }
}

/// <summary>
/// An event as the session's shard knows it. <paramref name="Shard"/> and <paramref name="YourDamage"/>: this shard's part;
/// <paramref name="Pool"/>: the boss as last heard; <paramref name="Outcome"/>: once it is settled.
/// </summary>
internal sealed record EventBody(
    EventSummaryBody Event, long SecondsLeft, long? YourDamage, EventShardBody? Shard, BossPool? Pool, WorldEventOutcome? Outcome)
{
    public static EventBody Of(WorldEventSummary summary, WorldEventFrontView? front, long damage)
    {
        var boss = summary.Plan.Kind == WorldEventKind.WorldBoss;
        return new EventBody(
            EventSummaryBody.Of(summary),
            front?.SecondsLeft ?? 0,
            boss ? damage : null,
            boss && front is not null ? new EventShardBody(front.Damage, front.Contributors, front.Top, front.RewardsPaid) : null,
            front?.Pool,
            front?.Outcome);
    }
}

internal sealed record EventShardBody(long Damage, int Contributors, IReadOnlyList<Contribution> Top, bool RewardsPaid);

/// <summary>
/// What an operator schedules: for a boss <paramref name="HitPoints"/> and <paramref name="Reward"/>, otherwise
/// <paramref name="Multiplier"/>.
/// </summary>
internal sealed record ScheduleEventBody(
    WorldEventKind Kind,
    string Name,
    DateTimeOffset StartsAt,
    int DurationSeconds,
    int LeadSeconds = WorldEventLimits.DefaultLeadSeconds,
    int Multiplier = WorldEventLimits.MinMultiplier,
    long HitPoints = 0,
    long Reward = 0) : IRequestBody
{
    public Refusal? Check()
    {
        // The rest is the rules' to check; these keep the plan's times within what can be calculated.
        if (DurationSeconds is < WorldEventLimits.MinDurationSeconds or > WorldEventLimits.MaxDurationSeconds)
        {
            return Refusal.Invalid("durationSeconds", $"{WorldEventLimits.MinDurationSeconds} to {WorldEventLimits.MaxDurationSeconds}");
        }

        if (LeadSeconds is < 0 or > WorldEventLimits.MaxLeadSeconds)
        {
            return Refusal.Invalid("leadSeconds", $"0 to {WorldEventLimits.MaxLeadSeconds}");
        }

        return StartsAt.Year is < 2000 or > 9000 ? Refusal.Invalid("startsAt", WorldEventLimits.Start) : null;
    }

    public WorldEventPlan ToPlan() => WorldEventPlan.Of(
        Kind,
        Name,
        StartsAt.ToUniversalTime(),
        TimeSpan.FromSeconds(LeadSeconds),
        TimeSpan.FromSeconds(DurationSeconds),
        Multiplier,
        HitPoints,
        Reward);
}

internal sealed record CancelEventBody(string EventId) : IRequestBody
{
    public Refusal? Check() => EntityId.TryParse(EventId, out _)
        ? null
        : Refusal.Invalid("eventId", "{shard}.{ulid}", GatewayCodes.InvalidId);
}

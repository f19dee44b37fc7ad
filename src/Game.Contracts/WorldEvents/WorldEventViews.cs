namespace Game.Contracts.WorldEvents;

public enum WorldEventKind
{
    /// <summary>Experience awarded while it runs is multiplied.</summary>
    DoubleExperience,

    /// <summary>One pool of hit points over all shards; who slays it shares experience.</summary>
    WorldBoss,
}

public enum WorldEventStatus
{
    /// <summary>Planned; shards list it and do nothing yet.</summary>
    Scheduled,

    /// <summary>Every shard that is up has it and starts it at its time, by its own clock.</summary>
    Announced,

    /// <summary>Running.</summary>
    Started,

    /// <summary>Over; fronts report their final counters.</summary>
    Ended,

    /// <summary>Final: all fronts reported, or the deadline passed with the missing ones named.</summary>
    Settled,

    /// <summary>Never ran: cancelled before it was announced, or its whole time passed while the coordinator was down.</summary>
    Cancelled,
}

/// <summary>Why an event ended.</summary>
public enum WorldEventEnding
{
    TimeUp,

    /// <summary>The boss's hit points are used up.</summary>
    Killed,

    /// <summary>Called off by an operator after it was announced.</summary>
    Cancelled,
}

/// <summary>
/// What is to happen and when. <paramref name="Multiplier"/> is 1 where experience is not multiplied; <paramref name="HitPoints"/>
/// and <paramref name="Reward"/> (experience that contributors share if the boss is killed) are 0 where there is no boss.
/// It runs from <paramref name="StartsAt"/> (inclusive) to <paramref name="EndsAt"/> (exclusive).
/// </summary>
[GenerateSerializer, Immutable, Alias("game.world-event.plan")]
public sealed record WorldEventPlan(
    [property: Id(0)] WorldEventKind Kind,
    [property: Id(1)] string Name,
    [property: Id(2)] DateTimeOffset AnnounceAt,
    [property: Id(3)] DateTimeOffset StartsAt,
    [property: Id(4)] DateTimeOffset EndsAt,
    [property: Id(5)] int Multiplier,
    [property: Id(6)] long HitPoints,
    [property: Id(7)] long Reward)
{
    /// <summary>A plan of the kind; what the kind does not have is left out.</summary>
    public static WorldEventPlan Of(
        WorldEventKind kind,
        string name,
        DateTimeOffset startsAt,
        TimeSpan lead,
        TimeSpan duration,
        int multiplier,
        long hitPoints,
        long reward) =>
        kind == WorldEventKind.WorldBoss
            ? new(kind, name, startsAt - lead, startsAt, startsAt + duration, 1, hitPoints, reward)
            : new(kind, name, startsAt - lead, startsAt, startsAt + duration, multiplier, 0, 0);
}

/// <summary>What a player has dealt.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.contribution")]
public sealed record Contribution([property: Id(0)] string Player, [property: Id(1)] long Damage);

/// <summary>Cumulative counters of one front. The ranking comes with the final ones only.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.front-counters")]
public sealed record FrontCounters(
    [property: Id(0)] string Shard,
    [property: Id(1)] long Damage,
    [property: Id(2)] bool Final,
    [property: Id(3)] int Contributors,
    [property: Id(4)] IReadOnlyList<Contribution> Top);

/// <summary>A boss's pool over all shards. A greater <paramref name="Revision"/> replaces a smaller.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.pool")]
public sealed record BossPool(
    [property: Id(0)] string EventId,
    [property: Id(1)] long Revision,
    [property: Id(2)] long HitPoints,
    [property: Id(3)] long Damage,
    [property: Id(4)] long Remaining);

/// <summary>
/// How an event ended; the same on every shard. A correction has a greater <paramref name="Revision"/>. <paramref name="Top"/>
/// is exact over all shards that are not missing: a player strikes on one shard only.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.world-event.outcome")]
public sealed record WorldEventOutcome(
    [property: Id(0)] string EventId,
    [property: Id(1)] int Revision,
    [property: Id(2)] WorldEventEnding Ending,
    [property: Id(3)] long Damage,
    [property: Id(4)] int Contributors,
    [property: Id(5)] IReadOnlyList<Contribution> Top,
    [property: Id(6)] IReadOnlyList<string> MissingShards);

[GenerateSerializer, Immutable, Alias("game.world-event.view")]
public sealed record WorldEventView(
    [property: Id(0)] string Id,
    [property: Id(1)] WorldEventPlan Plan,
    [property: Id(2)] WorldEventStatus Status,
    [property: Id(3)] string ScheduledBy,
    [property: Id(4)] string? CancelledBy,
    [property: Id(5)] DateTimeOffset? EndedAt,
    [property: Id(6)] long Damage,
    [property: Id(7)] IReadOnlyList<FrontCounters> Fronts,
    [property: Id(8)] WorldEventOutcome? Outcome);

[GenerateSerializer, Immutable, Alias("game.world-event.summary")]
public sealed record WorldEventSummary(
    [property: Id(0)] string Id,
    [property: Id(1)] WorldEventPlan Plan,
    [property: Id(2)] WorldEventStatus Status,
    [property: Id(3)] string ScheduledBy,
    [property: Id(4)] string? CancelledBy,
    [property: Id(5)] DateTimeOffset? EndedAt,
    [property: Id(6)] WorldEventEnding? Ending,
    [property: Id(7)] long Damage);

/// <summary>
/// One shard's part of an event. <paramref name="Plan"/> is null where only the end was heard of; <paramref name="SecondsLeft"/>
/// is 0 before the start and after the end; <paramref name="Pool"/> is the newest heard.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.world-event.front")]
public sealed record WorldEventFrontView(
    [property: Id(0)] string EventId,
    [property: Id(1)] WorldEventPlan? Plan,
    [property: Id(2)] DateTimeOffset? StartedAt,
    [property: Id(3)] DateTimeOffset? ClosedAt,
    [property: Id(4)] long SecondsLeft,
    [property: Id(5)] long Damage,
    [property: Id(6)] int Contributors,
    [property: Id(7)] IReadOnlyList<Contribution> Top,
    [property: Id(8)] BossPool? Pool,
    [property: Id(9)] WorldEventOutcome? Outcome,
    [property: Id(10)] bool RewardsPaid);

/// <summary>A stored strike: the damage it dealt and the player's total.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.strike-result")]
public sealed record BossStrikeResult([property: Id(0)] string EventId, [property: Id(1)] int Damage, [property: Id(2)] long PlayerTotal);

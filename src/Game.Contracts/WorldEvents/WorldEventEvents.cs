namespace Game.Contracts.WorldEvents;

[GenerateSerializer, Immutable, Alias("world-event.scheduled")]
public sealed record WorldEventScheduled(DateTimeOffset At, [property: Id(0)] string Actor, [property: Id(1)] WorldEventPlan Plan)
    : GameEvent(At);

/// <summary>From here on <paramref name="Shards"/> start and end it by their own clocks.</summary>
[GenerateSerializer, Immutable, Alias("world-event.announced")]
public sealed record WorldEventAnnounced(
    DateTimeOffset At, [property: Id(0)] WorldEventPlan Plan, [property: Id(1)] IReadOnlyList<string> Shards) : GameEvent(At);

/// <summary>It never runs. <paramref name="Actor"/> is null if its time passed while the coordinator was down.</summary>
[GenerateSerializer, Immutable, Alias("world-event.cancelled")]
public sealed record WorldEventCancelled(DateTimeOffset At, [property: Id(0)] WorldEventPlan Plan, [property: Id(1)] string? Actor)
    : GameEvent(At);

/// <summary>Stays at home: every shard starts it by its own clock.</summary>
[GenerateSerializer, Immutable, Alias("world-event.started")]
public sealed record WorldEventStarted(DateTimeOffset At) : GameEvent(At);

/// <summary>The greatest counters seen of one front.</summary>
[GenerateSerializer, Immutable, Alias("world-event.front-reported")]
public sealed record EventFrontReported(DateTimeOffset At, [property: Id(0)] FrontCounters Counters) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("world-event.pool-published")]
public sealed record BossPoolPublished(DateTimeOffset At, [property: Id(0)] BossPool Pool) : GameEvent(At);

/// <summary>The one kill: the damage known over all shards has reached the hit points. At most one an event.</summary>
[GenerateSerializer, Immutable, Alias("world-event.boss-killed")]
public sealed record BossKilled(
    DateTimeOffset At, [property: Id(0)] WorldEventPlan Plan, [property: Id(1)] long Damage, [property: Id(2)] DateTimeOffset SettleBy)
    : GameEvent(At);

/// <summary>Time is up or it was called off; fronts that have not reported by <paramref name="SettleBy"/> are settled without.</summary>
[GenerateSerializer, Immutable, Alias("world-event.ended")]
public sealed record WorldEventEnded(
    DateTimeOffset At,
    [property: Id(0)] WorldEventPlan Plan,
    [property: Id(1)] WorldEventEnding Ending,
    [property: Id(2)] string? Actor,
    [property: Id(3)] DateTimeOffset SettleBy) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("world-event.settled")]
public sealed record WorldEventSettled(
    DateTimeOffset At, [property: Id(0)] WorldEventPlan Plan, [property: Id(1)] WorldEventOutcome Outcome)
    : GameEvent(At);

/// <summary>A front reported after settlement: damage and ranking are corrected on every shard; how it ended stays.</summary>
[GenerateSerializer, Immutable, Alias("world-event.corrected")]
public sealed record WorldEventCorrected(
    DateTimeOffset At, [property: Id(0)] WorldEventPlan Plan, [property: Id(1)] string Shard, [property: Id(2)] WorldEventOutcome Outcome)
    : GameEvent(At);

[GenerateSerializer, Immutable, Alias("world-event-directory.event-recorded")]
public sealed record WorldEventRecorded(DateTimeOffset At, [property: Id(0)] WorldEventSummary Summary) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("event-front.opened")]
public sealed record EventFrontOpened(DateTimeOffset At, [property: Id(0)] WorldEventPlan Plan) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("event-front.started")]
public sealed record EventFrontStarted(DateTimeOffset At) : GameEvent(At);

/// <summary>A strike and the cumulative counters after it: the last one of a batch says it all.</summary>
[GenerateSerializer, Immutable, Alias("event-front.boss-struck")]
public sealed record BossStruck(
    DateTimeOffset At,
    [property: Id(0)] string Player,
    [property: Id(1)] int Damage,
    [property: Id(2)] long FrontTotal,
    [property: Id(3)] long PlayerTotal) : GameEvent(At);

/// <summary>No strike counts any more: the front's final counters and its part of the ranking.</summary>
[GenerateSerializer, Immutable, Alias("event-front.closed")]
public sealed record EventFrontClosed(
    DateTimeOffset At,
    [property: Id(0)] WorldEventEnding Ending,
    [property: Id(1)] long Damage,
    [property: Id(2)] int Contributors,
    [property: Id(3)] IReadOnlyList<Contribution> Top) : GameEvent(At);

/// <summary><paramref name="Pays"/>: the first outcome that counts this front, by which its contributors are rewarded.</summary>
[GenerateSerializer, Immutable, Alias("event-front.outcome-recorded")]
public sealed record EventOutcomeRecorded(
    DateTimeOffset At, [property: Id(0)] WorldEventPlan Plan, [property: Id(1)] WorldEventOutcome Outcome, [property: Id(2)] bool Pays)
    : GameEvent(At);

[GenerateSerializer, Immutable, Alias("event-front.rewards-paid")]
public sealed record EventRewardsPaid(DateTimeOffset At) : GameEvent(At);

namespace Game.Contracts.WorldEvents;

[GenerateSerializer, Immutable, Alias("game.world-event.command")]
public abstract record WorldEventCommand(string CommandId) : Command(CommandId);

/// <summary>First command of an event. <paramref name="Actor"/>: an operator's name, or <c>schedule:{id}</c>.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.schedule")]
public sealed record ScheduleWorldEvent(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] WorldEventPlan Plan)
    : WorldEventCommand(CommandId);

/// <summary>Time to tell <paramref name="Shards"/> (every shard of the game). Refused before.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.announce")]
public sealed record AnnounceWorldEvent(string CommandId, [property: Id(0)] IReadOnlyList<string> Shards) : WorldEventCommand(CommandId);

/// <summary>The start has come. Fronts do not wait for it. Refused before.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.start")]
public sealed record StartWorldEvent(string CommandId) : WorldEventCommand(CommandId);

/// <summary>
/// Cumulative counters of one front. Final ones: it is closed and these are its last; contributors and ranking come with
/// these only.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.world-event.report-front")]
public sealed record ReportEventFront(string CommandId, [property: Id(0)] FrontCounters Counters) : WorldEventCommand(CommandId);

/// <summary>Sends the pool to all shards, if it has changed since it was last sent.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.publish-pool")]
public sealed record PublishBossPool(string CommandId) : WorldEventCommand(CommandId);

/// <summary>Time is up. Refused before.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.end")]
public sealed record EndWorldEvent(string CommandId) : WorldEventCommand(CommandId);

/// <summary>Calls it off: before it is announced it never runs, afterwards it ends now.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.cancel")]
public sealed record CancelWorldEvent(string CommandId, [property: Id(0)] string Actor) : WorldEventCommand(CommandId);

/// <summary>Settles with the fronts that have reported; refused until all have, unless the deadline has passed.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.settle")]
public sealed record SettleWorldEvent(string CommandId) : WorldEventCommand(CommandId);

/// <summary>A fact of an event's stream reaches a shard's directory of events.</summary>
[GenerateSerializer, Immutable, Alias("game.world-event.record")]
public sealed record RecordWorldEvent(string CommandId, [property: Id(0)] string EventId, [property: Id(1)] GameEvent Fact)
    : Command(CommandId);

[GenerateSerializer, Immutable, Alias("game.event-front.command")]
public abstract record EventFrontCommand(string CommandId) : Command(CommandId);

[GenerateSerializer, Immutable, Alias("game.event-front.open")]
public sealed record OpenEventFront(string CommandId, [property: Id(0)] WorldEventPlan Plan) : EventFrontCommand(CommandId);

/// <summary>The start has come by this shard's clock. Refused before.</summary>
[GenerateSerializer, Immutable, Alias("game.event-front.start")]
public sealed record StartEventFront(string CommandId) : EventFrontCommand(CommandId);

/// <summary>One strike at the boss. <paramref name="Power"/> 1–100 is the damage it deals.</summary>
[GenerateSerializer, Immutable, Alias("game.event-front.strike")]
public sealed record StrikeBoss(string CommandId, [property: Id(0)] string Player, [property: Id(1)] int Power)
    : EventFrontCommand(CommandId);

/// <summary>The end has come by this shard's clock. Refused before.</summary>
[GenerateSerializer, Immutable, Alias("game.event-front.end")]
public sealed record EndEventFront(string CommandId) : EventFrontCommand(CommandId);

/// <summary>The coordinator says that it is over.</summary>
[GenerateSerializer, Immutable, Alias("game.event-front.close")]
public sealed record CloseEventFront(string CommandId, [property: Id(0)] WorldEventEnding Ending) : EventFrontCommand(CommandId);

/// <summary>The outcome, or a correction of it, arrives on <paramref name="Shard"/>.</summary>
[GenerateSerializer, Immutable, Alias("game.event-front.record-outcome")]
public sealed record RecordEventOutcome(
    string CommandId, [property: Id(0)] WorldEventPlan Plan, [property: Id(1)] WorldEventOutcome Outcome, [property: Id(2)] string Shard)
    : EventFrontCommand(CommandId);

/// <summary>Every contributor of this front has been rewarded.</summary>
[GenerateSerializer, Immutable, Alias("game.event-front.confirm-rewards")]
public sealed record ConfirmEventRewards(string CommandId) : EventFrontCommand(CommandId);

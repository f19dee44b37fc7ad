namespace Game.Contracts.Wars;

/// <summary>The attacker's wager is held; the defender may answer until <paramref name="ExpiresAt"/>.</summary>
[GenerateSerializer, Immutable, Alias("war.declared")]
public sealed record WarDeclared(
    DateTimeOffset At,
    [property: Id(0)] string Actor,
    [property: Id(1)] string Attacker,
    [property: Id(2)] string AttackerName,
    [property: Id(3)] string Defender,
    [property: Id(4)] long Wager,
    [property: Id(5)] int DurationSeconds,
    [property: Id(6)] DateTimeOffset ExpiresAt) : GameEvent(At);

/// <summary>Both guilds release what they hold for this war.</summary>
[GenerateSerializer, Immutable, Alias("war.cancelled")]
public sealed record WarCancelled(
    DateTimeOffset At,
    [property: Id(0)] string Attacker,
    [property: Id(1)] string Defender,
    [property: Id(2)] string? Actor,
    [property: Id(3)] string Reason) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("war.started")]
public sealed record WarStarted(
    DateTimeOffset At,
    [property: Id(0)] string Attacker,
    [property: Id(1)] string AttackerName,
    [property: Id(2)] string Defender,
    [property: Id(3)] string DefenderName,
    [property: Id(4)] DateTimeOffset EndsAt,
    [property: Id(5)] IReadOnlyList<string> Shards) : GameEvent(At);

/// <summary>The greatest counters seen of one front.</summary>
[GenerateSerializer, Immutable, Alias("war.front-reported")]
public sealed record FrontReported(
    DateTimeOffset At,
    [property: Id(0)] string Shard,
    [property: Id(1)] WarPoints Points,
    [property: Id(2)] bool Final) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("war.scoreboard-published")]
public sealed record ScoreboardPublished(DateTimeOffset At, [property: Id(0)] Scoreboard Scoreboard) : GameEvent(At);

/// <summary>Fronts freeze; those that have not reported by <paramref name="SettleBy"/> are settled without.</summary>
[GenerateSerializer, Immutable, Alias("war.ended")]
public sealed record WarEnded(DateTimeOffset At, [property: Id(0)] DateTimeOffset SettleBy) : GameEvent(At);

/// <summary><paramref name="Prize"/>: gold that goes from the loser's escrow to the winner; 0 for a draw.</summary>
[GenerateSerializer, Immutable, Alias("war.settled")]
public sealed record WarSettled(
    DateTimeOffset At,
    [property: Id(0)] string Attacker,
    [property: Id(1)] string Defender,
    [property: Id(2)] WarOutcome Outcome,
    [property: Id(3)] long Prize) : GameEvent(At);

/// <summary>A front reported after settlement. Points are corrected on every shard; gold already paid stays where it is.</summary>
[GenerateSerializer, Immutable, Alias("war.corrected")]
public sealed record WarCorrected(DateTimeOffset At, [property: Id(0)] string Shard, [property: Id(1)] WarOutcome Outcome) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("war-directory.war-recorded")]
public sealed record WarRecorded(DateTimeOffset At, [property: Id(0)] WarSummary Summary) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("front.opened")]
public sealed record FrontOpened(
    DateTimeOffset At,
    [property: Id(0)] string Attacker,
    [property: Id(1)] string Defender,
    [property: Id(2)] DateTimeOffset EndsAt) : GameEvent(At);

/// <summary>A strike and, with it, the cumulative counters of the front and of the player after it: the last one of a batch says it all.</summary>
[GenerateSerializer, Immutable, Alias("front.strike-landed")]
public sealed record StrikeLanded(
    DateTimeOffset At,
    [property: Id(0)] string Player,
    [property: Id(1)] string Guild,
    [property: Id(2)] int Points,
    [property: Id(3)] WarPoints FrontTotal,
    [property: Id(4)] long PlayerTotal) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("front.closed")]
public sealed record FrontClosed(DateTimeOffset At, [property: Id(0)] WarPoints FrontTotal) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("front.outcome-recorded")]
public sealed record OutcomeRecorded(DateTimeOffset At, [property: Id(0)] WarOutcome Outcome) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("front.awards-paid")]
public sealed record AwardsPaid(DateTimeOffset At) : GameEvent(At);

namespace Game.Contracts.Wars;

[GenerateSerializer, Immutable, Alias("game.war.command")]
public abstract record WarCommand(string CommandId) : Command(CommandId);

/// <summary>First command of a war: the attacker's guild holds the wager. The offer then goes to the defender.</summary>
[GenerateSerializer, Immutable, Alias("game.war.declare")]
public sealed record DeclareWar(
    string CommandId,
    [property: Id(0)] string Actor,
    [property: Id(1)] string Attacker,
    [property: Id(2)] string AttackerName,
    [property: Id(3)] string Defender,
    [property: Id(4)] long Wager,
    [property: Id(5)] int DurationSeconds) : WarCommand(CommandId);

/// <summary>Takes the war back before it starts. <paramref name="Actor"/> must be leader or officer of the attacker, or null for the rules themselves.</summary>
[GenerateSerializer, Immutable, Alias("game.war.cancel")]
public sealed record CancelWar(string CommandId, [property: Id(0)] string? Actor, [property: Id(1)] string Reason) : WarCommand(CommandId);

/// <summary>The defender's guild holds its wager: the war starts on <paramref name="Shards"/> (every shard known then).</summary>
[GenerateSerializer, Immutable, Alias("game.war.start")]
public sealed record StartWar(string CommandId, [property: Id(0)] string DefenderName, [property: Id(1), PerAttempt] IReadOnlyList<string> Shards)
    : WarCommand(CommandId);

/// <summary>
/// Cumulative counters of one front. <paramref name="Final"/>: the front is frozen and these are its last. After
/// settlement a final report with more points becomes a correction.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.war.report-front")]
public sealed record ReportFront(
    string CommandId,
    [property: Id(0)] string Shard,
    [property: Id(1)] WarPoints Points,
    [property: Id(2)] bool Final) : WarCommand(CommandId);

/// <summary>Sends the score to all shards, if it has changed since it was last sent.</summary>
[GenerateSerializer, Immutable, Alias("game.war.publish-scoreboard")]
public sealed record PublishScoreboard(string CommandId) : WarCommand(CommandId);

/// <summary>Time is up. Refused before the end time.</summary>
[GenerateSerializer, Immutable, Alias("game.war.end")]
public sealed record EndWar(string CommandId) : WarCommand(CommandId);

/// <summary>Settles with the fronts that have reported; refused until all have, unless the settlement deadline has passed.</summary>
[GenerateSerializer, Immutable, Alias("game.war.settle")]
public sealed record SettleWar(string CommandId) : WarCommand(CommandId);

/// <summary>An event of a war's stream reaches a shard's war directory.</summary>
[GenerateSerializer, Immutable, Alias("game.war.record")]
public sealed record RecordWar(string CommandId, [property: Id(0)] string WarId, [property: Id(1)] GameEvent Fact) : Command(CommandId);

[GenerateSerializer, Immutable, Alias("game.front.command")]
public abstract record FrontCommand(string CommandId) : Command(CommandId);

[GenerateSerializer, Immutable, Alias("game.front.open")]
public sealed record OpenFront(
    string CommandId,
    [property: Id(0)] string WarId,
    [property: Id(1)] string Attacker,
    [property: Id(2)] string Defender,
    [property: Id(3)] DateTimeOffset EndsAt) : FrontCommand(CommandId);

/// <summary>One strike of a member on this shard. <paramref name="Power"/> 1–100 is what it earns.</summary>
[GenerateSerializer, Immutable, Alias("game.front.strike")]
public sealed record LandStrike(
    string CommandId,
    [property: Id(0)] string Player,
    [property: Id(1)] string Guild,
    [property: Id(2)] int Power) : FrontCommand(CommandId);

/// <summary>Freezes the front: no strike counts any more, the final counters are reported.</summary>
[GenerateSerializer, Immutable, Alias("game.front.close")]
public sealed record CloseFront(string CommandId) : FrontCommand(CommandId);

/// <summary>The war's outcome, or a correction of it, arrives on this shard.</summary>
[GenerateSerializer, Immutable, Alias("game.front.record-outcome")]
public sealed record RecordOutcome(string CommandId, [property: Id(0)] WarOutcome Outcome) : FrontCommand(CommandId);

/// <summary>Experience and leaderboard points of every fighter of this front have been credited.</summary>
[GenerateSerializer, Immutable, Alias("game.front.confirm-awards")]
public sealed record ConfirmAwards(string CommandId) : FrontCommand(CommandId);

namespace Game.Contracts.Wars;

public enum WarStatus
{
    /// <summary>The attacker's wager is in escrow; waiting for the defender.</summary>
    Declared,

    /// <summary>Running on all shards.</summary>
    Started,

    /// <summary>Time is up; fronts are frozen and report their final counters.</summary>
    Ended,

    /// <summary>Final: all fronts reported, or the deadline passed with the missing ones named.</summary>
    Settled,

    /// <summary>Never fought: cancelled, declined, expired or without a wager.</summary>
    Cancelled,
}

/// <summary>Points of both sides, cumulative since the war began. Points are ≥ 0 and only grow.</summary>
[GenerateSerializer, Immutable, Alias("game.war.points")]
public readonly record struct WarPoints([property: Id(0)] long Attacker, [property: Id(1)] long Defender)
{
    public static WarPoints operator +(WarPoints a, WarPoints b) =>
        new(checked(a.Attacker + b.Attacker), checked(a.Defender + b.Defender));

    /// <summary>The join of two cumulative counters: the greater of each side.</summary>
    public static WarPoints Max(WarPoints a, WarPoints b) => new(Math.Max(a.Attacker, b.Attacker), Math.Max(a.Defender, b.Defender));
}

[GenerateSerializer, Immutable, Alias("game.war.shard-points")]
public sealed record ShardPoints([property: Id(0)] string Shard, [property: Id(1)] WarPoints Points, [property: Id(2)] bool Final);

/// <summary>The war's score over all shards. <paramref name="Revision"/> grows with every change: an older one is ignored.</summary>
[GenerateSerializer, Immutable, Alias("game.war.scoreboard")]
public sealed record Scoreboard(
    [property: Id(0)] string WarId,
    [property: Id(1)] long Revision,
    [property: Id(2)] WarPoints Total,
    [property: Id(3)] IReadOnlyList<ShardPoints> Shards);

[GenerateSerializer, Immutable, Alias("game.war.view")]
public sealed record WarView(
    [property: Id(0)] string Id,
    [property: Id(1)] string Attacker,
    [property: Id(2)] string AttackerName,
    [property: Id(3)] string Defender,
    [property: Id(4)] string? DefenderName,
    [property: Id(5)] WarStatus Status,
    [property: Id(6)] long Wager,
    [property: Id(7)] int DurationSeconds,
    [property: Id(8)] DateTimeOffset DeclaredAt,
    [property: Id(9)] DateTimeOffset? StartedAt,
    [property: Id(10)] DateTimeOffset? EndsAt,
    [property: Id(11)] DateTimeOffset? SettledAt,
    [property: Id(12)] WarPoints Total,
    [property: Id(13)] IReadOnlyList<ShardPoints> Shards,
    [property: Id(14)] string? Winner,
    [property: Id(15)] IReadOnlyList<string> MissingShards,
    [property: Id(16)] int Corrections,
    [property: Id(17)] string? CancelReason,
    [property: Id(18)] DateTimeOffset ExpiresAt,
    [property: Id(19)] DateTimeOffset? SettleBy);

[GenerateSerializer, Immutable, Alias("game.war.summary")]
public sealed record WarSummary(
    [property: Id(0)] string Id,
    [property: Id(1)] string Attacker,
    [property: Id(2)] string AttackerName,
    [property: Id(3)] string Defender,
    [property: Id(4)] WarStatus Status,
    [property: Id(5)] DateTimeOffset? EndsAt,
    [property: Id(6)] WarPoints Total,
    [property: Id(7)] string? Winner);

/// <summary>One shard's front: its own cumulative points, and the war's scoreboard as last heard.</summary>
[GenerateSerializer, Immutable, Alias("game.war.front")]
public sealed record FrontView(
    [property: Id(0)] string WarId,
    [property: Id(1)] string Attacker,
    [property: Id(2)] string Defender,
    [property: Id(3)] DateTimeOffset EndsAt,
    [property: Id(4)] bool Closed,
    [property: Id(5)] WarPoints Points,
    [property: Id(6)] long Strikes,
    [property: Id(7)] Scoreboard? Scoreboard,
    [property: Id(8)] WarOutcome? Outcome);

/// <summary>How a war ended; the same on every shard. A correction has a greater <paramref name="Revision"/>.</summary>
[GenerateSerializer, Immutable, Alias("game.war.outcome")]
public sealed record WarOutcome(
    [property: Id(0)] string WarId,
    [property: Id(1)] int Revision,
    [property: Id(2)] WarPoints Total,
    [property: Id(3)] string? Winner,
    [property: Id(4)] IReadOnlyList<string> MissingShards);

/// <summary>A stored strike: the points it earned and the player's total on this front.</summary>
[GenerateSerializer, Immutable, Alias("game.war.strike-result")]
public sealed record StrikeResult([property: Id(0)] string WarId, [property: Id(1)] int Points, [property: Id(2)] long PlayerTotal);

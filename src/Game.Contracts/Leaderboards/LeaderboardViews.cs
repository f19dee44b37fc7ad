namespace Game.Contracts.Leaderboards;

/// <summary>Rank is 1-based; among equal scores the earlier one stands higher.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.entry")]
public sealed record LeaderboardEntry(
    [property: Id(0)] long Rank,
    [property: Id(1)] string Member,
    [property: Id(2)] long Score,
    [property: Id(3)] DateTimeOffset ScoredAt);

/// <summary>A stretch of one season. <paramref name="Season"/> is 0 if none has begun.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.page")]
public sealed record LeaderboardPage(
    [property: Id(0)] string Board,
    [property: Id(1)] int Season,
    [property: Id(2)] long Entries,
    [property: Id(3)] DateTimeOffset? SeasonEndsAt,
    [property: Id(4)] IReadOnlyList<LeaderboardEntry> Items);

/// <summary>Where an entry stands: what decides its rank.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.standing")]
public readonly record struct Standing([property: Id(0)] long Score, [property: Id(1)] DateTimeOffset ScoredAt);

/// <summary>
/// What one shard tells about the current season of a board, for a ranking over all shards: its first entries in full,
/// and the standing at ranks 1, 1 + <paramref name="Step"/>, 1 + 2·<paramref name="Step"/>, …
/// </summary>
/// <param name="Descending">True if a greater score stands higher.</param>
[GenerateSerializer, Immutable, Alias("game.leaderboard.digest")]
public sealed record LeaderboardDigest(
    [property: Id(0)] string Shard,
    [property: Id(1)] DateTimeOffset? SeasonEndsAt,
    [property: Id(2)] bool Descending,
    [property: Id(3)] long Entries,
    [property: Id(4)] IReadOnlyList<LeaderboardEntry> Top,
    [property: Id(5)] long Step,
    [property: Id(6)] IReadOnlyList<Standing> Samples);

/// <summary>A rank over all shards: between <paramref name="Best"/> and <paramref name="Worst"/>, both inclusive.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.global-rank")]
public readonly record struct GlobalRank([property: Id(0)] long Best, [property: Id(1)] long Worst)
{
    public long Estimate => Best + ((Worst - Best) / 2);

    /// <summary>The estimate is off by at most this many ranks.</summary>
    public long MaxError => Worst - Estimate;
}

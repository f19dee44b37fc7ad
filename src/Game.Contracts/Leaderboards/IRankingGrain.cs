namespace Game.Contracts.Leaderboards;

/// <summary>
/// One board over all shards, as one shard knows it; key: the board id. In memory: tells the other shards a digest of this
/// shard's board when it has changed, and keeps the newest one of each of them.
/// </summary>
[Alias("game.IRankingGrain")]
public interface IRankingGrain : IGrainWithStringKey
{
    /// <summary>Begins to tell, if it has not.</summary>
    [Alias("Wake"), OneWay]
    Task WakeAsync();

    [Alias("Hear")]
    Task HearAsync(BoardDigested digest);

    [Alias("GetTop"), ReadOnly]
    Task<Outcome<GlobalTop>> GetTopAsync(int count);

    /// <summary>Where a member of this shard stands.</summary>
    [Alias("GetRank"), ReadOnly]
    Task<Outcome<GlobalStanding>> GetRankAsync(string member);
}

/// <summary>
/// A shard's board as it was at a version of its stream. Cumulative: the greater version holds. Never stored: it is sent
/// straight to the bus and outlives only its time to live.
/// </summary>
[GenerateSerializer, Immutable, Alias("leaderboard.digested")]
public sealed record BoardDigested(
    DateTimeOffset At,
    [property: Id(0)] string Board,
    [property: Id(1)] long Version,
    [property: Id(2)] LeaderboardDigest Digest) : GameEvent(At);

/// <summary>How much of the game an answer covers.</summary>
/// <param name="Missing">Shards not heard of, which the answer leaves out.</param>
/// <param name="AsOf">When the oldest of the digests used was told; null: this shard's alone.</param>
[GenerateSerializer, Immutable, Alias("game.leaderboard.coverage")]
public sealed record RankingCoverage([property: Id(0)] IReadOnlyList<string> Missing, [property: Id(1)] DateTimeOffset? AsOf);

/// <summary>The first entries over the shards covered, ranked anew.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.global-top")]
public sealed record GlobalTop(
    [property: Id(0)] long Entries,
    [property: Id(1)] DateTimeOffset? SeasonEndsAt,
    [property: Id(2)] IReadOnlyList<LeaderboardEntry> Items,
    [property: Id(3)] RankingCoverage Coverage);

/// <summary>An entry of this shard's board, and between which ranks it stands over the shards covered.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.global-standing")]
public sealed record GlobalStanding(
    [property: Id(0)] LeaderboardEntry Entry,
    [property: Id(1)] GlobalRank Rank,
    [property: Id(2)] RankingCoverage Coverage);

namespace Game.Contracts.Leaderboards;

/// <summary>One leaderboard of one shard; key: the board id. Boards are declared in the shard's settings.</summary>
[Alias("game.ILeaderboardGrain")]
public interface ILeaderboardGrain : IGrainWithStringKey
{
    /// <summary>The member's entry after the submission, also if it changed nothing.</summary>
    [Alias("Submit")]
    Task<Outcome<LeaderboardEntry>> SubmitAsync(SubmitScore command);

    /// <summary>True; a member without an entry in the current season is refused.</summary>
    [Alias("Remove")]
    Task<Outcome<bool>> RemoveAsync(RemoveScore command);

    /// <summary>The first <paramref name="count"/> entries from rank <paramref name="firstRank"/> (1-based), of a season (0 = current).</summary>
    [Alias("GetPage"), ReadOnly]
    Task<Outcome<LeaderboardPage>> GetPageAsync(int season, long firstRank, int count);

    /// <summary>The entry of <paramref name="member"/> and up to <paramref name="reach"/> on either side.</summary>
    [Alias("GetAround"), ReadOnly]
    Task<Outcome<LeaderboardPage>> GetAroundAsync(int season, string member, int reach);

    [Alias("GetRank"), ReadOnly]
    Task<Outcome<LeaderboardEntry>> GetRankAsync(int season, string member);

    /// <summary>
    /// For a ranking over all shards: the first <paramref name="top"/> entries of the current season and about
    /// <paramref name="samples"/> sampled standings.
    /// </summary>
    [Alias("GetDigest"), ReadOnly]
    Task<Outcome<LeaderboardDigest>> GetDigestAsync(int top, int samples);

    /// <summary>The stream's version: a digest taken at the same one is the same.</summary>
    [Alias("GetVersion"), ReadOnly]
    Task<long> GetVersionAsync();
}

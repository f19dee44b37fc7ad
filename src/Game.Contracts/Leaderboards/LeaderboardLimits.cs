namespace Game.Contracts.Leaderboards;

/// <summary>Limits of a leaderboard, the same on every shard.</summary>
public static class LeaderboardLimits
{
    /// <summary>Greatest score; the least is 0.</summary>
    public const long MaxScore = 1_000_000_000_000_000;

    /// <summary>Longest board id: <c>[a-z0-9-]</c>.</summary>
    public const int MaxIdLength = 32;

    /// <summary>Longest member in UTF-8 bytes; an entity id needs 59.</summary>
    public const int MaxMemberBytes = 64;

    /// <summary>Greatest number of entries of one page.</summary>
    public const int MaxPageSize = 100;

    /// <summary>Greatest number of neighbours on either side.</summary>
    public const int MaxReach = 50;

    /// <summary>Greatest number of past seasons a board keeps.</summary>
    public const int MaxRetainedSeasons = 100;

    /// <summary>Greatest number of sampled ranks in a digest.</summary>
    public const int MaxDigestSamples = 1_000;
}

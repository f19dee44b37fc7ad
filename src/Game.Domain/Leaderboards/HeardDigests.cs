using Game.Contracts.Leaderboards;

namespace Game.Domain.Leaderboards;

/// <summary>
/// The newest digest of one board that each other shard has told: the greater version holds, so digests may be lost, doubled
/// and reordered. Answers for all shards from these and the own board. Mutable; one owner at a time.
/// </summary>
public sealed class HeardDigests(string shard, IReadOnlyList<string> allShards)
{
    /// <summary>Entries a digest holds, so that any page that may be asked for is exact.</summary>
    public const int Top = LeaderboardLimits.MaxPageSize;

    /// <summary>Sampled standings a digest holds: with them it stays well under the bus's 64 KiB.</summary>
    public const int Samples = 400;

    private readonly Dictionary<string, BoardDigested> _heard = new(StringComparer.Ordinal);

    /// <returns>False if it is older than what is known, or of no other shard of the game.</returns>
    public bool Hear(BoardDigested digest)
    {
        var from = digest.Digest.Shard;
        if (from == shard || !allShards.Contains(from))
        {
            return false;
        }

        // The same version again says that it still holds.
        if (_heard.TryGetValue(from, out var known) && (digest.Version, digest.At).CompareTo((known.Version, known.At)) <= 0)
        {
            return false;
        }

        _heard[from] = digest;
        return true;
    }

    /// <param name="own">This shard's digest, with at least as many first entries as asked for.</param>
    /// <param name="count">1–<see cref="Top"/>.</param>
    public GlobalTop TopOf(LeaderboardDigest own, int count)
    {
        List<LeaderboardDigest> all = [own, .. _heard.Values.Select(heard => heard.Digest)];
        var ends = all.Max(digest => digest.SeasonEndsAt);
        var entries = all.Where(digest => digest.SeasonEndsAt == ends).Sum(digest => digest.Entries);
        return new GlobalTop(entries, ends, GlobalRanking.Top(all, count), Coverage());
    }

    /// <param name="entry">An entry of the own board.</param>
    /// <param name="endsAt">When the season it is of ends.</param>
    public GlobalStanding RankOf(LeaderboardEntry entry, DateTimeOffset? endsAt)
    {
        // Of the own board only the season counts here: the entry knows its rank.
        var own = new LeaderboardDigest(shard, endsAt, Descending: true, 0, [], 1, []);
        return new GlobalStanding(
            entry, GlobalRanking.RankOf(entry, shard, [own, .. _heard.Values.Select(heard => heard.Digest)]), Coverage());
    }

    private RankingCoverage Coverage() => new(
        [.. allShards.Where(name => name != shard && !_heard.ContainsKey(name))],
        _heard.Count == 0 ? null : _heard.Values.Min(heard => heard.At));
}

using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards.Ranking;

namespace Game.Domain.Leaderboards;

/// <summary>
/// A ranking over the current seasons of all shards, from one digest a shard: the first entries exactly, a rank anywhere
/// with a bound on its error. Pure and thread-safe.
/// </summary>
/// <remarks>
/// A member scores on one shard, its home. Among equal scores the earlier one stands higher, as on one board; equal times
/// too are ordered by shard. Shards whose season ends earlier than the others' have not begun the current one and do not
/// count. Direction is the same on all shards.
/// </remarks>
public static class GlobalRanking
{
    /// <summary>
    /// Up to <paramref name="count"/> first entries over all shards, ranked anew. Exact as long as each digest's
    /// <see cref="LeaderboardDigest.Top"/> holds as many entries as are asked for, or all of its shard.
    /// </summary>
    /// <exception cref="ArgumentException">A digest holds too few entries for an exact answer.</exception>
    public static IReadOnlyList<LeaderboardEntry> Top(IEnumerable<LeaderboardDigest> digests, int count)
    {
        var current = InCurrentSeason(digests);
        var queue = new PriorityQueue<(LeaderboardDigest Shard, int Index), (LeaderboardDigest Shard, int Index)>(
            Comparer<(LeaderboardDigest Shard, int Index)>.Create(CompareEntries));
        foreach (var digest in current)
        {
            if (digest.Top.Count < Math.Min(count, digest.Entries))
            {
                throw new ArgumentException($"The digest of {digest.Shard} holds fewer than {count} entries.", nameof(digests));
            }

            Enqueue(digest, 0);
        }

        var items = new List<LeaderboardEntry>();
        while (items.Count < count && queue.TryDequeue(out var next, out _))
        {
            items.Add(next.Shard.Top[next.Index] with { Rank = items.Count + 1 });
            Enqueue(next.Shard, next.Index + 1);
        }

        return items;

        void Enqueue(LeaderboardDigest digest, int index)
        {
            if (index < digest.Top.Count)
            {
                queue.Enqueue((digest, index), (digest, index));
            }
        }
    }

    /// <summary>
    /// Where an entry of <paramref name="shard"/> stands over all shards. Worst − Best is at most the sum over the other
    /// shards of Step − 1, where Step is ⌈entries / samples⌉, and 0 with as many samples as entries.
    /// </summary>
    public static GlobalRank RankOf(LeaderboardEntry entry, string shard, IEnumerable<LeaderboardDigest> digests)
    {
        var best = entry.Rank;
        var worst = entry.Rank;
        foreach (var digest in InCurrentSeason(digests).Where(d => d.Shard != shard))
        {
            var (least, most) = CountAbove(entry, shard, digest);
            best += least;
            worst += most;
        }

        return new GlobalRank(best, worst);
    }

    internal static LeaderboardDigest Digest(string shard, DateTimeOffset? endsAt, RankedScores scores, int top, int samples)
    {
        var step = Math.Max(1, (scores.Count + samples - 1) / samples);
        var standings = new List<Standing>();
        for (long rank = 1; rank <= scores.Count; rank += step)
        {
            standings.Add(scores.StandingAt(rank));
        }

        return new LeaderboardDigest(shard, endsAt, scores.Descending, scores.Count, scores.Page(1, top), step, standings);
    }

    private static List<LeaderboardDigest> InCurrentSeason(IEnumerable<LeaderboardDigest> digests)
    {
        var all = digests.ToList();
        var latest = all.Max(d => d.SeasonEndsAt);
        return all.FindAll(d => d.SeasonEndsAt == latest);
    }

    /// <summary>Between how many entries of another shard stand above this one.</summary>
    private static (long Least, long Most) CountAbove(LeaderboardEntry entry, string shard, LeaderboardDigest digest)
    {
        // Sample i is the entry of rank 1 + i·Step. If the first n samples stand above and the next does not, then so do
        // at least the entries up to the n-th sample and at most those before the next one.
        var low = 0;
        var high = digest.Samples.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (StandsAbove(digest.Samples[middle], digest.Shard, entry, shard, digest.Descending))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0
            ? (0, 0)
            : (1 + ((low - 1) * digest.Step), Math.Min(low * digest.Step, digest.Entries));
    }

    private static bool StandsAbove(Standing other, string otherShard, LeaderboardEntry entry, string shard, bool descending) =>
        Compare(other, otherShard, new Standing(entry.Score, entry.ScoredAt), shard, descending) < 0;

    private static int CompareEntries((LeaderboardDigest Shard, int Index) a, (LeaderboardDigest Shard, int Index) b)
    {
        var left = a.Shard.Top[a.Index];
        var right = b.Shard.Top[b.Index];
        return Compare(
            new Standing(left.Score, left.ScoredAt), a.Shard.Shard,
            new Standing(right.Score, right.ScoredAt), b.Shard.Shard,
            a.Shard.Descending);
    }

    private static int Compare(Standing a, string shardOfA, Standing b, string shardOfB, bool descending)
    {
        if (a.Score != b.Score)
        {
            return descending == a.Score > b.Score ? -1 : 1;
        }

        var byTime = a.ScoredAt.CompareTo(b.ScoredAt);
        return byTime != 0 ? byTime : string.CompareOrdinal(shardOfA, shardOfB);
    }
}

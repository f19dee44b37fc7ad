using BenchmarkDotNet.Attributes;
using Game.Domain.Leaderboards.Ranking;

namespace Game.Benchmarks.Micro;

/// <summary>
/// The ranking with 100,000 members beside what .NET has: <see cref="SortedSet{T}"/> for a new score, which knows no ranks,
/// and a search in a sorted array for a rank, which takes no new scores.
/// </summary>
public class RankingOperations
{
    private const int Members = 100_000;

    private readonly RankedScores _ranking = new(descending: true);
    private readonly SortedSet<(long Score, int Member)> _set = [];
    private readonly string[] _names = new string[Members];
    private readonly long[] _scores = new long[Members];
    private readonly long[] _inSet = new long[Members];
    private readonly long[] _sorted;
    private int _next;

    public RankingOperations()
    {
        var random = new Random(1);
        for (var i = 0; i < Members; i++)
        {
            (_names[i], _scores[i]) = ($"s01.player-{i:D6}", random.NextInt64(1_000_000_000));
            _ranking.Set(_names[i], _scores[i], DateTimeOffset.UnixEpoch);
            _set.Add((_inSet[i] = _scores[i], i));
        }

        _sorted = [.. _scores.Order()];
    }

    [Benchmark, BenchmarkCategory("a new score, 100,000 members, beside SortedSet")]
    public void Update()
    {
        var member = Next();
        _ranking.Set(_names[member], _scores[member] = NewScore(_scores[member]), DateTimeOffset.UnixEpoch);
    }

    [Benchmark(Baseline = true), BenchmarkCategory("a new score, 100,000 members, beside SortedSet")]
    public void UpdateSet()
    {
        var member = Next();
        _set.Remove((_inSet[member], member));
        _set.Add((_inSet[member] = NewScore(_inSet[member]), member));
    }

    [Benchmark, BenchmarkCategory("a rank by name, 100,000 members, beside BinarySearch by score")]
    public int Rank() => _ranking.RankOf(_names[Next()]);

    [Benchmark(Baseline = true), BenchmarkCategory("a rank by name, 100,000 members, beside BinarySearch by score")]
    public int Search() => Array.BinarySearch(_sorted, _scores[Next()]);

    private static long NewScore(long score) => ((score * 31) + 17) % 1_000_000_007;

    /// <summary>All members in an order that no cache foresees: the step has no factor in common with their number.</summary>
    private int Next() => _next = (_next + 61_803) % Members;
}

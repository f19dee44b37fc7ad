using System.Buffers.Binary;
using System.Diagnostics;
using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;

namespace Game.Benchmarks.Leaderboards;

/// <summary>What is asked of a board.</summary>
internal enum Question
{
    Update,
    Rank,
    Top100,
    Around,
}

/// <summary>Half and ninety-nine percent of the calls took at most this, in microseconds.</summary>
internal readonly record struct Latency(double P50, double P99);

/// <summary>The same entries and the same questions for every contender, made from a fixed seed.</summary>
internal sealed class Workload
{
    /// <summary>Neighbours asked for on either side.</summary>
    public const int Reach = 10;

    /// <summary>Calls before the first that is timed.</summary>
    public const int WarmUp = 2_000;

    private const int SampleSize = 1 << 16;
    private const long ScoreStep = 314_159_265_358_979;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string[] _members = new string[SampleSize];
    private readonly long[] _scores = new long[SampleSize];

    public Workload(int entries)
    {
        Entries = entries;
        var random = new Random(17);
        for (var i = 0; i < SampleSize; i++)
        {
            _members[i] = Member(random.Next(entries));
            _scores[i] = random.NextInt64(LeaderboardLimits.MaxScore);
        }
    }

    public int Entries { get; }

    /// <summary>All entries, in no order of score. Members are player ids of 30 bytes.</summary>
    public IEnumerable<(string Member, long Score)> All()
    {
        var random = new Random(3);
        for (var i = 0; i < Entries; i++)
        {
            yield return (Member(i), random.NextInt64(LeaderboardLimits.MaxScore));
        }
    }

    public string MemberOf(int call) => _members[call % SampleSize];

    /// <summary>Never the score that the member already has: setting that would be too easy.</summary>
    public long ScoreOf(int call) => (_scores[call % SampleSize] + (call / SampleSize * ScoreStep)) % LeaderboardLimits.MaxScore;

    /// <summary>Asks calls from 0 to <see cref="WarmUp"/> + <paramref name="calls"/>, timing all but the first.</summary>
    public static Latency Measure(int calls, Action<int> ask, CancellationToken cancellationToken)
    {
        for (var i = 0; i < WarmUp; i++)
        {
            ask(i);
        }

        var ticks = new long[calls];
        for (var i = 0; i < calls; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            ask(WarmUp + i);
            ticks[i] = Stopwatch.GetTimestamp() - start;
        }

        Array.Sort(ticks);
        return new Latency(Microseconds(ticks[calls / 2]), Microseconds(ticks[(int)(calls * 0.99)]));
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private static string Member(int number)
    {
        Span<byte> random = stackalloc byte[10];
        BinaryPrimitives.WriteUInt64BigEndian(random, (ulong)number * 0x9E3779B97F4A7C15);
        return $"s01.{Ulid.From(Start, random)}";
    }
}

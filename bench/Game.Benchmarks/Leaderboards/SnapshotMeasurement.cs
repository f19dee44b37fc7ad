using System.Buffers;
using System.Diagnostics;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;

namespace Game.Benchmarks.Leaderboards;

/// <summary>How long a board takes to come back from a snapshot, beside folding one event an entry.</summary>
internal static class SnapshotMeasurement
{
    public static IEnumerable<Row> Run(Workload workload, string size, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var board = Fold(workload, cancellationToken);
        var folding = clock.Elapsed;

        var snapshot = new ArrayBufferWriter<byte>();
        clock.Restart();
        board.WriteSnapshot(snapshot);
        var writing = clock.Elapsed;

        var restored = NewBoard();
        clock.Restart();
        restored.ReadSnapshot(snapshot.WrittenSpan);
        var reading = clock.Elapsed;

        yield return Row.Cost(
            $"load a snapshot, {size}, beside folding events in memory",
            reading.TotalMilliseconds, folding.TotalMilliseconds, "ms", "faster than folding", (_, ratio) => ratio > 1);
        yield return Row.Single($"write a snapshot, {size}", writing.TotalMilliseconds, "ms");
        yield return Row.Single($"snapshot, {size}", snapshot.WrittenCount / (double)workload.Entries, "B/entry");
    }

    private static Leaderboard Fold(Workload workload, CancellationToken cancellationToken)
    {
        var board = NewBoard().Apply(new SeasonStarted(DateTimeOffset.UnixEpoch, 1, null, Descending: true, Retained: 0));
        foreach (var (member, score) in workload.All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            board = board.Apply(new ScoreRecorded(DateTimeOffset.UnixEpoch, member, score, 1));
        }

        return board;
    }

    private static Leaderboard NewBoard() =>
        new(new LeaderboardDefinition("bench", ScoreOperator.Set, Descending: true, Authoritative: false, Reset: null, RetainSeasons: 0));
}

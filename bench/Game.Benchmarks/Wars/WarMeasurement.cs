using System.Diagnostics;
using Game.Broadcast;
using Microsoft.Data.Sqlite;

namespace Game.Benchmarks.Wars;

/// <summary>Measures wars over 3, 10, 30 and 100 shards on one kind of bus.</summary>
internal static class WarMeasurement
{
    private const int DurableSteps = 5;

    /// <param name="over">What the bus is, for the names of the rows.</param>
    /// <param name="quick">Fewer strikes.</param>
    /// <param name="openBus">Called for each number of shards; null: the in-process bus.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IReadOnlyList<Row>> RunAsync(
        string over, bool quick, Func<CancellationToken, Task<IBroadcastBus>>? openBus, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        double? messagesAtThree = null;
        foreach (var shards in (int[])[3, 10, 30, 100])
        {
            await using var arena = await WarArena.StartAsync(shards, openBus, cancellationToken);
            await arena.MeasureAsync(quick ? 10 : 50, cancellationToken);
            var (latencies, messages) = await arena.MeasureAsync(quick ? 40 : 300, cancellationToken);
            var floor = MeasureFloor(arena.Folder, latencies.Length);
            var perShard = messages / shards;
            messagesAtThree ??= perShard;
            rows.Add(Row.Cost($"strike to every scoreboard{over}, {shards} shards, p50", Percentile(latencies, 0.5), Percentile(floor, 0.5), "ms"));
            rows.Add(Row.Cost(
                $"strike to every scoreboard{over}, {shards} shards, p99",
                Percentile(latencies, 0.99),
                Percentile(floor, 0.99),
                "ms",
                shards == 100 ? "< 100 ms" : null,
                shards == 100 ? (p99, _) => p99 < 100 : null));
            rows.Add(Row.Cost(
                $"messages a strike and shard{over}, {shards} shards",
                perShard,
                messagesAtThree.Value,
                "msg",
                "linear: no more a shard than with 3 shards",
                (_, ratio) => ratio >= 0.9));
        }

        return rows;
    }

    private static double Percentile(double[] sorted, double rank) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * rank))];

    private static double[] MeasureFloor(string folder, int samples)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "floor.db")};Pooling=False");
        connection.Open();
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE step (id INTEGER PRIMARY KEY, body TEXT);");
        var times = new double[samples];
        for (var i = 0; i < samples; i++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var step = 0; step < DurableSteps; step++)
            {
                Execute("INSERT INTO step (body) VALUES ('a strike and the counters after it')");
            }

            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}

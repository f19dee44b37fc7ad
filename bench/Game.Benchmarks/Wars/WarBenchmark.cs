using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Game.Benchmarks.Wars;

/// <summary>
/// A war over many shards in one process, each with its own store file: the time from a strike on one shard until every
/// shard has been pushed a scoreboard that contains it, and the messages it took. The baseline of the time is the bare
/// minimum of the same path: its durable writes (strike, report, report stored, scoreboard stored, scoreboard sent) one
/// after the other on an SQLite file of the same folder.
/// </summary>
public sealed class WarBenchmark : IBenchmark
{
    private const int DurableSteps = 5;

    public string Name => "war";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        double? messagesAtThree = null;
        foreach (var shards in (int[])[3, 10, 30, 100])
        {
            await using var arena = await WarArena.StartAsync(shards, cancellationToken);
            await arena.MeasureAsync(quick ? 10 : 50, cancellationToken);
            var (latencies, messages) = await arena.MeasureAsync(quick ? 40 : 300, cancellationToken);
            var floor = MeasureFloor(arena.Folder, latencies.Length);
            var perShard = messages / shards;
            messagesAtThree ??= perShard;
            rows.Add(Row.Cost($"strike to every scoreboard, {shards} shards, p50", Percentile(latencies, 0.5), Percentile(floor, 0.5), "ms"));
            rows.Add(Row.Cost(
                $"strike to every scoreboard, {shards} shards, p99",
                Percentile(latencies, 0.99),
                Percentile(floor, 0.99),
                "ms",
                shards == 100 ? "< 100 ms" : null,
                shards == 100 ? (p99, _) => p99 < 100 : null));
            rows.Add(Row.Cost(
                $"messages a strike and shard, {shards} shards",
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

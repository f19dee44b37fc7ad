using System.Diagnostics;
using System.Globalization;

namespace Game.Benchmarks.Leaderboards;

/// <summary>
/// The leaderboard's ranking in process beside a sorted set of Redis on a Unix socket. Latencies are of one call at a time;
/// throughput is a loop in process beside a pipeline of 100 requests.
/// </summary>
public sealed class LeaderboardBenchmark : IBenchmark
{
    private const string Ahead = "ahead of Redis";
    private const double MaxRankMicroseconds = 10;

    public string Name => "leaderboard";

    public Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var workload = new Workload(quick ? 1_000_000 : 10_000_000);
        var size = $"{(workload.Entries / 1_000_000).ToString(CultureInfo.InvariantCulture)} M entries";
        var ours = MeasureBoard(workload, cancellationToken);
        var redis = MeasureRedis(workload, cancellationToken);
        return Task.FromResult<IReadOnlyList<Row>>(
            [.. Rows(size, ours, redis), .. SnapshotMeasurement.Run(workload, size, cancellationToken)]);
    }

    private static Figures MeasureBoard(Workload workload, CancellationToken cancellationToken)
    {
        using var board = new BoardContender(workload);
        return Measure(board, latencyCalls: 100_000, throughputCalls: 200_000, cancellationToken);
    }

    /// <returns>Null if Redis is not installed.</returns>
    private static Figures? MeasureRedis(Workload workload, CancellationToken cancellationToken)
    {
        // The board's memory is given back first: the machine is the contenders' one after the other.
        GC.Collect();
        using var server = RedisServer.TryStart();
        if (server is null)
        {
            return null;
        }

        using var redis = new RedisContender(server, workload);
        return Measure(redis, latencyCalls: 20_000, throughputCalls: 50_000, cancellationToken);
    }

    private static Figures Measure(IContender contender, int latencyCalls, int throughputCalls, CancellationToken cancellationToken)
    {
        var questions = Enum.GetValues<Question>();
        var latencies = questions.ToDictionary(
            q => q, q => Workload.Measure(latencyCalls, call => contender.Ask(q, call), cancellationToken));
        var rates = questions.ToDictionary(q => q, q =>
        {
            var clock = Stopwatch.StartNew();
            contender.AskMany(q, Workload.WarmUp + latencyCalls, throughputCalls);
            return throughputCalls / clock.Elapsed.TotalSeconds;
        });
        return new Figures(contender.BytesAnEntry, latencies, rates);
    }

    private static List<Row> Rows(string size, Figures ours, Figures? redis)
    {
        var rows = new List<Row>();
        foreach (var question in Enum.GetValues<Question>())
        {
            var what = $"{Words(question)}, {size}";
            var limit = question == Question.Rank ? MaxRankMicroseconds : double.PositiveInfinity;
            rows.Add(Cost($"{what}: p50", ours.Latencies[question].P50, redis?.Latencies[question].P50, "µs"));
            rows.Add(Cost($"{what}: p99", ours.Latencies[question].P99, redis?.Latencies[question].P99, "µs", limit));
            rows.Add(Rate($"{what}: throughput, Redis pipelined", ours.Rates[question], redis?.Rates[question]));
        }

        rows.Add(Cost($"memory, {size} of 30-byte members", ours.BytesAnEntry, redis?.BytesAnEntry, "B/entry"));
        return rows;
    }

    private static string Words(Question question) => question switch
    {
        Question.Update => "update",
        Question.Rank => "rank",
        Question.Top100 => "top 100",
        _ => $"around me ±{Workload.Reach}",
    };

    private static Row Cost(string name, double ours, double? redis, string unit, double limit = double.PositiveInfinity)
    {
        var goal = double.IsFinite(limit) ? $"< {limit} {unit} and {Ahead}" : Ahead;
        return redis is { } baseline
            ? Row.Cost(name, ours, baseline, unit, goal, (figure, ratio) => figure < limit && ratio > 1)
            : Row.WithoutBaseline(name, ours, unit, goal, "redis-server is not installed");
    }

    private static Row Rate(string name, double ours, double? redis) => redis is { } baseline
        ? Row.Rate(name, ours, baseline, "calls/s", Ahead, (_, ratio) => ratio > 1)
        : Row.WithoutBaseline(name, ours, "calls/s", Ahead, "redis-server is not installed");

    private sealed record Figures(
        double BytesAnEntry, Dictionary<Question, Latency> Latencies, Dictionary<Question, double> Rates);
}

namespace Game.Benchmarks.Silos;

/// <summary>
/// What shards cost in which nobody plays: 1, 3, 20 and 100 of one process, as <c>./game run</c> starts them (a store file each, the
/// durable in-process bus, the dashboard), beside as many silos of Orleans with nothing in them. Each is a process of its own. A quick
/// run leaves out more than 20 bare silos, which take minutes to start.
/// </summary>
public sealed class SilosBenchmark : IBenchmark
{
    private const int QuickBareSilos = 20;
    private const int GoalCount = 100;
    private const double GoalSeconds = 10;
    private const double GoalProcessor = 100;
    private const double GoalMemory = 600;

    public string Name => "silos";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var (settle, seconds) = quick ? (2, 4) : (10, 20);
        var rows = new List<Row>();
        foreach (var count in (int[])[1, 3, 20, GoalCount])
        {
            var shards = await IdleProcess.MeasureAsync(IdleProcess.ShardsKind, count, settle, seconds, cancellationToken);
            var bare = quick && count > QuickBareSilos
                ? null
                : await IdleProcess.MeasureAsync(IdleProcess.BareKind, count, settle, seconds, cancellationToken);
            var what = count == 1 ? "1 idle shard" : $"{count} idle shards";
            var beside = bare is null ? $" (at most {QuickBareSilos} bare silos in a quick run)" : "";
            var hasGoal = count == GoalCount;
            rows.Add(ToRow($"{what}: ready after{beside}", shards.StartSeconds, bare?.StartSeconds, "s", hasGoal ? GoalSeconds : null));
            rows.Add(ToRow(
                $"{what}: processor time{beside}", shards.ProcessorMilliseconds, bare?.ProcessorMilliseconds, "ms/s", hasGoal ? GoalProcessor : null));
            rows.Add(ToRow($"{what}: memory{beside}", shards.MemoryMebibytes, bare?.MemoryMebibytes, "MiB", hasGoal ? GoalMemory : null));
            rows.Add(ToRow($"{what}: stopped after{beside}", shards.StopSeconds, bare?.StopSeconds, "s", null));
        }

        return rows;
    }

    private static Row ToRow(string name, double ours, double? bare, string unit, double? limit)
    {
        var goal = limit is null ? null : $"≤ {limit} {unit}";
        return bare is { } baseline
            ? Row.Cost(name, ours, baseline, unit, goal, limit is null ? null : (figure, _) => figure <= limit)
            : Row.Single(name, ours, unit, goal, limit is null ? null : figure => figure <= limit);
    }
}

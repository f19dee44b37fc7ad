using System.Diagnostics;
using Game.LocalServers;

namespace Game.Benchmarks.Grains;

/// <summary>
/// Grain calls a second, and bytes allocated a call, on a silo as a shard has it (tracing, dashboard, directory, placement and
/// time-outs of ours), beside a <see cref="BareSilo"/> in the same process. Each of 100 callers awaits one call before it makes the next.
/// </summary>
public sealed class CallBenchmark : IBenchmark
{
    private const int Targets = 1000;
    private const int Callers = 100;

    public string Name => "calls";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var title = $"calls to {Targets:N0} grains";
        const string Goal = "≥ 0.9×";
        try
        {
            await using var server = await PostgresServer.StartAsync(cancellationToken);
            await using var shard = await Shards.StartAsync(
                new ShardsSetup { Server = server, Dashboard = true, Traffic = false }, cancellationToken);
            await using var bare = await BareSilo.StartAsync(cancellationToken);
            var ours = Targeted(shard.Hosts[0].Grains);
            var theirs = Targeted(bare.Grains);
            var rounds = quick ? 3 : 7;
            var pairs = new List<(Figures Ours, Figures Theirs)>();
            await MeasureAsync(theirs, 1);
            await MeasureAsync(ours, 1);

            // Rounds alternate, and the middle pair counts: what disturbs the machine disturbs both of a pair.
            for (var round = 0; round < rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var baseline = await MeasureAsync(theirs, quick ? 1 : 2);
                pairs.Add((await MeasureAsync(ours, quick ? 1 : 2), baseline));
            }

            var (middle, beside) = pairs.OrderBy(pair => pair.Ours.CallsPerSecond / pair.Theirs.CallsPerSecond).ElementAt(pairs.Count / 2);
            return
            [
                Row.Rate(title, middle.CallsPerSecond, beside.CallsPerSecond, "calls/s", Goal, (_, ratio) => ratio >= 0.9),
                Row.Cost("allocated a call", middle.BytesPerCall, beside.BytesPerCall, "B"),
            ];
        }
        catch (ServerMissingException exception)
        {
            return [Row.WithoutBaseline(title, 0, "calls/s", Goal, exception.Message)];
        }
    }

    private static ICounterGrain[] Targeted(IGrainFactory grains) =>
        [.. Enumerable.Range(0, Targets).Select(i => grains.GetGrain<ICounterGrain>($"counter-{i}"))];

    private static async Task<Figures> MeasureAsync(ICounterGrain[] grains, double seconds)
    {
        var calls = new long[Callers];
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var target = caller; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; target += 7)
            {
                await grains[target % Targets].AddAsync(1);
                calls[caller]++;
            }
        })));
        var made = calls.Sum();
        return new Figures(
            made / Stopwatch.GetElapsedTime(started).TotalSeconds, (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / made);
    }

    private readonly record struct Figures(double CallsPerSecond, double BytesPerCall);
}

using System.Diagnostics;

namespace Game.Benchmarks.Grains;

/// <summary>
/// Memory and time of grains that have been called once and are idle, directory entry and key included, on a shard's silo beside
/// as many on a <see cref="BareSilo"/>.
/// </summary>
public sealed class IdleActivationBenchmark : IBenchmark
{
    private const int Callers = 64;

    public string Name => "activations";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var count = quick ? 20_000 : 200_000;

        // First with few, so that neither pays for compilation.
        await MeasureBareAsync(5_000, cancellationToken);
        await MeasureShardAsync(5_000, cancellationToken);
        var bare = await MeasureBareAsync(count, cancellationToken);
        var shard = await MeasureShardAsync(count, cancellationToken);
        return
        [
            Row.Cost(
                $"memory of an idle activation, {count:N0} of them", shard.BytesEach, bare.BytesEach, "B", "≥ 0.9×", (_, ratio) => ratio >= 0.9),
            Row.Cost($"time to activate {count:N0} grains", shard.Seconds, bare.Seconds, "s"),
        ];
    }

    private static async Task<Figures> MeasureShardAsync(int count, CancellationToken cancellationToken)
    {
        await using var shard = await Shards.StartAsync(new ShardsSetup { Dashboard = true, Traffic = false }, cancellationToken);
        return await MeasureAsync(count, shard.Hosts[0].Grains);
    }

    private static async Task<Figures> MeasureBareAsync(int count, CancellationToken cancellationToken)
    {
        await using var silo = await BareSilo.StartAsync(cancellationToken);
        return await MeasureAsync(count, silo.Grains);
    }

    private static async Task<Figures> MeasureAsync(int count, IGrainFactory grains)
    {
        // Away from the stack of the measurement before, which would keep its objects alive until they count against this one.
        await Task.Yield();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; i < count; i += Callers)
            {
                if (await grains.GetGrain<ICounterGrain>($"counter-{i}").AddAsync(1) != 1)
                {
                    throw new InvalidOperationException("A grain was called twice: fewer were activated than should be.");
                }
            }
        })));
        var seconds = clock.Elapsed.TotalSeconds;
        return new Figures((double)(GC.GetTotalMemory(forceFullCollection: true) - before) / count, seconds);
    }

    private readonly record struct Figures(double BytesEach, double Seconds);
}

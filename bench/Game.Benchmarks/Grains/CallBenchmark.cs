using System.Diagnostics;

namespace Game.Benchmarks.Grains;

/// <summary>
/// Calls a second to 1,000 grains, and bytes allocated a call, beside <see cref="ChannelMailbox"/>. Each caller awaits one
/// call before it makes the next; there are as many callers as grains and each goes round the grains from its own start, so
/// mailboxes are shared and mostly short. "1 core" pins the process to one processor.
/// </summary>
public sealed class CallBenchmark : IBenchmark
{
    private const int Targets = 1000;
    private const int Callers = 1000;

    public string Name => "calls";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var seconds = quick ? 2 : 5;
        var rounds = quick ? 3 : 5;
        await using var silo = new EmbeddedSilo(new EmbeddedSiloOptions { GrainTypes = { typeof(CounterGrain) } });
        await silo.StartAsync(cancellationToken);
        var grains = Enumerable.Range(0, Targets).Select(i => silo.GrainFactory.GetGrain<ICounterGrain>($"counter-{i}")).ToArray();
        var mailboxes = Enumerable.Range(0, Targets).Select(_ => new ChannelMailbox()).ToArray();
        Func<int, Task<long>> callGrain = i => grains[i].AddAsync(1);
        Func<int, Task<long>> callMailbox = i => mailboxes[i].AddAsync(1);

        var rows = new List<Row>();
        foreach (var cores in Environment.ProcessorCount > 1 ? new[] { 1, 2 } : [1])
        {
            using (Affinity.Limit(cores))
            {
                await MeasureAsync(callGrain, 1);
                await MeasureAsync(callMailbox, 1);

                // Rounds alternate so that a disturbance of the machine meets both; the best round counts for each.
                var ours = default(Figures);
                var baseline = default(Figures);
                for (var round = 0; round < rounds; round++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ours = Figures.Best(ours, await MeasureAsync(callGrain, (double)seconds / rounds));
                    baseline = Figures.Best(baseline, await MeasureAsync(callMailbox, (double)seconds / rounds));
                }

                var plural = cores == 1 ? "core" : "cores";
                rows.Add(Row.Rate(
                    $"calls to {Targets:N0} grains, {cores} {plural}", ours.CallsPerSecond, baseline.CallsPerSecond, "calls/s",
                    "≥ 1.0× and ≥ 1,000,000", (rate, ratio) => ratio >= 1 && rate >= 1_000_000));
                rows.Add(Row.Cost(
                    $"allocated a call, {cores} {plural}", ours.BytesPerCall, baseline.BytesPerCall, "B"));
            }
        }

        foreach (var mailbox in mailboxes)
        {
            mailbox.Complete();
        }

        await Task.WhenAll(mailboxes.Select(mailbox => mailbox.Completion));
        await silo.StopAsync(cancellationToken);
        return rows;
    }

    private static async Task<Figures> MeasureAsync(Func<int, Task<long>> call, double seconds)
    {
        GC.Collect();
        var counts = new long[Callers];
        var until = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        var clock = Stopwatch.StartNew();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var count = 0L;
            var target = caller;
            while (Stopwatch.GetTimestamp() < until)
            {
                for (var i = 0; i < 64; i++)
                {
                    await call(target).ConfigureAwait(false);
                    target = target + 7 < Targets ? target + 7 : target + 7 - Targets;
                }

                count += 64;
            }

            counts[caller] = count;
        })));
        var calls = counts.Sum();
        return new Figures(
            calls / clock.Elapsed.TotalSeconds, (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / calls);
    }

    private readonly record struct Figures(double CallsPerSecond, double BytesPerCall)
    {
        public static Figures Best(Figures a, Figures b) => a.CallsPerSecond > b.CallsPerSecond ? a : b;
    }
}

using System.Diagnostics;

namespace Game.Benchmarks.Grains;

/// <summary>
/// Calls a second to 1,000 grains, and bytes allocated a call, beside <see cref="ChannelMailbox"/>, for methods that return
/// Task and ValueTask. Each caller awaits one call before it makes the next; there are as many callers as grains and each goes
/// round the grains from its own start, so mailboxes are shared and mostly short. "1 core" pins the process to one processor.
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
        Func<int, ValueTask<long>> callTask = i => new ValueTask<long>(grains[i].AddAsync(1));
        Func<int, ValueTask<long>> callValueTask = i => grains[i].AddFastAsync(1);
        Func<int, ValueTask<long>> callMailbox = i => new ValueTask<long>(mailboxes[i].AddAsync(1));

        var rows = new List<Row>();
        foreach (var cores in Environment.ProcessorCount > 1 ? new[] { 1, 2 } : [1])
        {
            using (Affinity.Limit(cores))
            {
                Func<int, ValueTask<long>>[] calls = [callTask, callValueTask, callMailbox];
                var best = new Figures[calls.Length];
                foreach (var call in calls)
                {
                    await MeasureAsync(call, 1);
                }

                // Rounds alternate so that a disturbance of the machine meets all; the best round counts for each.
                for (var round = 0; round < rounds; round++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    for (var i = 0; i < calls.Length; i++)
                    {
                        best[i] = Figures.Best(best[i], await MeasureAsync(calls[i], (double)seconds / rounds));
                    }
                }

                AddRows(rows, $"Task, {cores} {(cores == 1 ? "core" : "cores")}", best[0], best[2]);
                AddRows(rows, $"ValueTask, {cores} {(cores == 1 ? "core" : "cores")}", best[1], best[2]);
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

    private static void AddRows(List<Row> rows, string what, Figures ours, Figures baseline)
    {
        rows.Add(Row.Rate(
            $"calls to {Targets:N0} grains, {what}", ours.CallsPerSecond, baseline.CallsPerSecond, "calls/s",
            "≥ 1.0× and ≥ 1,000,000", (rate, ratio) => ratio >= 1 && rate >= 1_000_000));
        rows.Add(Row.Cost($"allocated a call, {what}", ours.BytesPerCall, baseline.BytesPerCall, "B"));
    }

    private static async Task<Figures> MeasureAsync(Func<int, ValueTask<long>> call, double seconds)
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

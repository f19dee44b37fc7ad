using System.Collections.Concurrent;
using System.Diagnostics;

namespace Game.Benchmarks.Grains;

/// <summary>
/// Memory and time of 1,000,000 grains that have been called once and are idle, directory entry and key included, beside as
/// many <see cref="ChannelMailbox"/>es in a dictionary.
/// </summary>
public sealed class IdleActivationBenchmark : IBenchmark
{
    private const int Count = 1_000_000;
    private const int Callers = 64;

    public string Name => "activations";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        // First with few, so that neither pays for compilation.
        await MeasureMailboxesAsync(10_000);
        await MeasureGrainsAsync(10_000, cancellationToken);
        var mailboxes = await MeasureMailboxesAsync(Count);
        var grains = await MeasureGrainsAsync(Count, cancellationToken);
        return
        [
            Row.Cost(
                $"memory of an idle activation, {Count:N0} of them", grains.BytesEach, mailboxes.BytesEach, "B", "≤ 1,024",
                (bytes, _) => bytes <= 1024),
            Row.Cost($"time to activate {Count:N0} grains", grains.Seconds, mailboxes.Seconds, "s"),
        ];
    }

    private static async Task<Figures> MeasureGrainsAsync(int count, CancellationToken cancellationToken)
    {
        await using var silo = new EmbeddedSilo(new EmbeddedSiloOptions { GrainTypes = { typeof(CounterGrain) } });
        await silo.StartAsync(cancellationToken);
        var figures = await MeasureAsync(count, i => silo.GrainFactory.GetGrain<ICounterGrain>($"counter-{i}").AddAsync(1));
        if (silo.ActivationCount != count)
        {
            throw new InvalidOperationException($"{silo.ActivationCount} activations instead of {count}.");
        }

        return figures;
    }

    private static async Task<Figures> MeasureMailboxesAsync(int count)
    {
        var mailboxes = new ConcurrentDictionary<string, ChannelMailbox>();
        var figures = await MeasureAsync(
            count, i => mailboxes.GetOrAdd($"counter-{i}", static _ => new ChannelMailbox()).AddAsync(1));
        foreach (var mailbox in mailboxes.Values)
        {
            mailbox.Complete();
        }

        // Otherwise their end would be taken for memory that the next measurement gives back.
        await Task.WhenAll(mailboxes.Values.Select(mailbox => mailbox.Completion));
        return figures;
    }

    private static async Task<Figures> MeasureAsync(int count, Func<int, Task<long>> call)
    {
        // Away from the stack of the measurement before, which would keep its objects alive until they count against this one.
        await Task.Yield();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; i < count; i += Callers)
            {
                await call(i);
            }
        })));
        var seconds = clock.Elapsed.TotalSeconds;
        return new Figures((double)(GC.GetTotalMemory(forceFullCollection: true) - before) / count, seconds);
    }

    private readonly record struct Figures(double BytesEach, double Seconds);
}

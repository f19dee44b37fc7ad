using System.Collections.Concurrent;
using System.Diagnostics;
using Game.Broadcast;
using Game.Broadcast.RabbitMq;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks.Broker;

/// <summary>Messages of one size over the bus, published and consumed as shards do.</summary>
internal sealed class BusLoad(Uri broker)
{
    /// <summary>Publishes that wait for their confirm, at most; PerfTest's <c>-c</c>.</summary>
    public const int Window = 512;

    public const int Size = 512;
    public const int Prefetch = 64;

    private static readonly byte[] Body = new byte[Size];

    public Task<RabbitMqBus> OpenAsync(CancellationToken cancellationToken) => RabbitMqBus.OpenAsync(
        new RabbitMqOptions { Nodes = [broker] }, TimeProvider.System, NullLogger<RabbitMqBus>.Instance, cancellationToken);

    public static ValueTask DeclareAsync(RabbitMqBus bus, string queue, string key, CancellationToken cancellationToken) =>
        bus.DeclareQueueAsync(new QueueDeclaration(queue, [new QueueBinding(Exchanges.World, key)], Prefetch), cancellationToken);

    public static BroadcastMessage Message(string key, long number) =>
        new($"s01/{number}/0", Exchanges.World, key, "s01", number, "bench/load", "bench.load", 1, Body);

    /// <summary>Publishes as fast as confirms allow.</summary>
    /// <returns>Messages confirmed.</returns>
    public static async Task<long> PublishAsync(RabbitMqBus bus, string key, TimeSpan time, CancellationToken cancellationToken)
    {
        using var window = new SemaphoreSlim(Window);
        var started = Stopwatch.GetTimestamp();
        var failures = new ConcurrentQueue<Exception>();
        long count = 0;
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            await window.WaitAsync(cancellationToken);
            _ = ConfirmAsync(bus.PublishAsync(Message(key, ++count), cancellationToken), window, failures);
        }

        for (var i = 0; i < Window; i++)
        {
            await window.WaitAsync(cancellationToken);
        }

        return failures.IsEmpty ? count : throw new AggregateException(failures);
    }

    /// <summary>
    /// Publishes at a fixed rate whatever the answers do, and measures each message from its publish, as PerfTest does, until its
    /// effect.
    /// </summary>
    /// <returns>Milliseconds, sorted.</returns>
    public static async Task<double[]> MeasureAsync(RabbitMqBus bus, string queue, double rate, TimeSpan time, CancellationToken cancellationToken)
    {
        await DeclareAsync(bus, queue, queue, cancellationToken);
        var count = (int)(rate * time.TotalSeconds);
        var latencies = new double[count];
        var published = new long[count];
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var consumer = await bus.ConsumeAsync(
            queue,
            (batch, _) =>
            {
                foreach (var delivery in batch)
                {
                    var number = (int)delivery.Message.SourcePosition;
                    latencies[number] = Stopwatch.GetElapsedTime(published[number]).TotalMilliseconds;
                    delivery.Ack();
                }

                if ((arrived += batch.Count) == count)
                {
                    all.SetResult();
                }

                return Task.CompletedTask;
            },
            cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var confirms = new List<Task>();
        for (var sent = 0; sent < count;)
        {
            for (; sent < count && sent / rate <= Stopwatch.GetElapsedTime(started).TotalSeconds; sent++)
            {
                published[sent] = Stopwatch.GetTimestamp();
                confirms.Add(bus.PublishAsync(Message(queue, sent), cancellationToken).AsTask());
            }

            await Task.Delay(1, cancellationToken);
        }

        await Task.WhenAll(confirms);
        await all.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        Array.Sort(latencies);
        return latencies;
    }

    /// <summary>Consumes until so many messages have come.</summary>
    /// <returns>Messages a second, from the first one on.</returns>
    public static async Task<double> ConsumeAsync(
        RabbitMqBus bus, string queue, long count, Func<IReadOnlyList<Delivery>, Task>? effect, CancellationToken cancellationToken)
    {
        long first = 0, arrived = 0, counted = 0;
        var all = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var consumer = await bus.ConsumeAsync(
            queue,
            async (batch, _) =>
            {
                if (first == 0)
                {
                    first = Stopwatch.GetTimestamp();
                    counted = -batch.Count;
                }

                if (effect is not null)
                {
                    await effect(batch);
                }

                foreach (var delivery in batch)
                {
                    delivery.Ack();
                }

                arrived += batch.Count;
                if (arrived >= count)
                {
                    all.TrySetResult((arrived + counted) / Stopwatch.GetElapsedTime(first).TotalSeconds);
                }
            },
            cancellationToken);
        return await all.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
    }

    private static async Task ConfirmAsync(ValueTask publish, SemaphoreSlim window, ConcurrentQueue<Exception> failures)
    {
        try
        {
            await publish;
        }
        catch (BroadcastException exception)
        {
            failures.Enqueue(exception);
        }

        window.Release();
    }
}

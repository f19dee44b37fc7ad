using System.Diagnostics;
using Game.Broadcast;
using Game.Broadcast.RabbitMq;
using Game.EventStore;
using Game.EventStore.Sqlite;
using Game.LocalServers;

namespace Game.Benchmarks.Broker;

/// <summary>
/// The bus over RabbitMQ beside the vendor's load generator on the same broker: quorum queues, persistent messages of 512 B,
/// 512 unconfirmed at most, prefetch 64. Rates are medians of alternating rounds, because other work disturbs them.
/// </summary>
public sealed class BrokerBenchmark : IBenchmark
{
    private const int Shards = 100;
    private const string Persistent = "-f persistent -s 512 -c 512";

    private int _queues;

    public string Name => "broker";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        RabbitMqServer server;
        try
        {
            server = await RabbitMqServer.StartAsync(cancellationToken);
        }
        catch (ServerMissingException exception)
        {
            return [Row.WithoutBaseline("the bus over RabbitMQ", 0, "messages/s", "≥ 0.9×", exception.Message)];
        }

        await using (server)
        {
            var load = new BusLoad(server.Address);
            var perfTest = PerfTest.Find(server.Address);
            await using var bus = await load.OpenAsync(cancellationToken);
            var rows = new List<Row>();
            rows.Add(await PublishAsync(bus, perfTest, quick ? 1 : 5, quick ? 4 : 6, cancellationToken));
            rows.AddRange(await ConsumeAsync(bus, perfTest, quick ? 1 : 5, quick ? 30_000 : 60_000, cancellationToken));
            rows.AddRange(await LatencyAsync(bus, perfTest, quick ? 5 : 15, cancellationToken));
            rows.AddRange(await FanOutAsync(bus, perfTest, quick ? 50 : 300, cancellationToken));
            return rows;
        }
    }

    private async Task<Row> PublishAsync(RabbitMqBus bus, PerfTest? perfTest, int rounds, int seconds, CancellationToken cancellationToken)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var queue = await DeclareAsync(bus, cancellationToken);
            var started = Stopwatch.GetTimestamp();
            var count = await BusLoad.PublishAsync(bus, queue, TimeSpan.FromSeconds(seconds), cancellationToken);
            var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
            await BusLoad.ConsumeAsync(bus, queue, count, null, cancellationToken);

            // The first round warms up.
            if (round > 0)
            {
                ours.Add(rate);
                if (perfTest is not null)
                {
                    theirs.Add((await perfTest.RunAsync($"-x 1 -y 0 -u {NextQueue()} {Persistent} -z {seconds}", cancellationToken)).Sent);
                }
            }
        }

        return Compare("publish with confirms", ours, theirs, "≥ 0.9×");
    }

    private async Task<IReadOnlyList<Row>> ConsumeAsync(
        RabbitMqBus bus, PerfTest? perfTest, int rounds, int count, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("game-broker-");
        var (ours, durable, theirs) = (new List<double>(), new List<double>(), new List<double>());
        await using (var store = SqliteEventStore.Open(Path.Combine(folder.FullName, "events.db")))
        {
            for (var round = 0; round < rounds; round++)
            {
                ours.Add(await BusLoad.ConsumeAsync(bus, await FillAsync(bus, count, cancellationToken), count, null, cancellationToken));
                durable.Add(await BusLoad.ConsumeAsync(
                    bus, await FillAsync(bus, count, cancellationToken), count, batch => StoreAsync(store, batch), cancellationToken));
                if (perfTest is not null)
                {
                    var queue = NextQueue();
                    await perfTest.RunAsync($"-x 1 -y 0 -u {queue} {Persistent} -C {count}", cancellationToken);

                    // Its average includes the second in which it finds the queue empty; -D ends it with the last message.
                    theirs.Add((await perfTest.RunAsync($"-x 0 -y 1 -u {queue} -q 64 -A 32 -D {count}", cancellationToken)).Received);
                }
            }
        }

        folder.Delete(recursive: true);
        return
        [
            Compare("consume and acknowledge", ours, theirs, "≥ 0.9×"),
            Compare("consume, store durably (SQLite), acknowledge", durable, theirs, null),
        ];
    }

    private async Task<IReadOnlyList<Row>> LatencyAsync(RabbitMqBus bus, PerfTest? perfTest, int seconds, CancellationToken cancellationToken)
    {
        await BusLoad.MeasureAsync(bus, NextQueue(), 1000, TimeSpan.FromSeconds(2), cancellationToken);
        var capacity = await CapacityAsync(bus, cancellationToken);
        var rows = new List<Row> { Row.Single("publish and consume at the same time", capacity, "messages/s") };
        foreach (var (what, rate) in new[] { ("1,000/s", 1000), ("50 % of capacity", capacity / 2) })
        {
            var ours = await BusLoad.MeasureAsync(bus, NextQueue(), rate, TimeSpan.FromSeconds(seconds), cancellationToken);
            var theirs = perfTest is null
                ? null
                : await perfTest.RunAsync(
                    $"-x 1 -y 1 -u {NextQueue()} {Persistent} -q 64 -A 32 -r {rate:F0} -z {seconds}", cancellationToken);
            rows.Add(Cost($"publish to effect at {what}, p50", Percentile(ours, 0.5), theirs?.Median));
            rows.Add(Cost($"publish to effect at {what}, p99", Percentile(ours, 0.99), theirs?.P99));
        }

        return rows;
    }

    /// <summary>What one publisher and one consumer of the same process reach together.</summary>
    private async Task<double> CapacityAsync(RabbitMqBus bus, CancellationToken cancellationToken)
    {
        var queue = await DeclareAsync(bus, cancellationToken);
        var publishing = BusLoad.PublishAsync(bus, queue, TimeSpan.FromSeconds(4), cancellationToken);
        long arrived = 0;
        var consumer = await bus.ConsumeAsync(
            queue,
            (batch, _) =>
            {
                foreach (var delivery in batch)
                {
                    delivery.Ack();
                }

                Interlocked.Add(ref arrived, batch.Count);
                return Task.CompletedTask;
            },
            cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await publishing;
        var rate = Interlocked.Read(ref arrived) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await consumer.DisposeAsync();
        return rate;
    }

    /// <summary>One event for every shard, one after the other: the time until the last has it.</summary>
    private async Task<IReadOnlyList<Row>> FanOutAsync(RabbitMqBus bus, PerfTest? perfTest, int events, CancellationToken cancellationToken)
    {
        var consumers = new List<IAsyncDisposable>();
        var arrived = 0;
        var everywhere = new TaskCompletionSource();
        for (var shard = 1; shard <= Shards; shard++)
        {
            var queue = $"fan-{shard}";
            await BusLoad.DeclareAsync(bus, queue, "fan", cancellationToken);
            consumers.Add(await bus.ConsumeAsync(
                queue,
                (batch, _) =>
                {
                    foreach (var delivery in batch)
                    {
                        delivery.Ack();
                    }

                    if (Interlocked.Add(ref arrived, batch.Count) == Shards)
                    {
                        Volatile.Read(ref everywhere).SetResult();
                    }

                    return Task.CompletedTask;
                },
                cancellationToken));
        }

        var latencies = new List<double>();
        for (var i = 0; i < events + 20; i++)
        {
            arrived = 0;
            Volatile.Write(ref everywhere, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var started = Stopwatch.GetTimestamp();
            await bus.PublishAsync(BusLoad.Message("fan", i), cancellationToken);
            await everywhere.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            if (i >= 20)
            {
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        foreach (var consumer in consumers)
        {
            await consumer.DisposeAsync();
        }

        latencies.Sort();

        // Its latency is that of each delivery, so its p99 is the nearest it tells to the last of a hundred.
        var theirs = perfTest is null
            ? null
            : await perfTest.RunAsync(
                $"-x 1 -y 1 -Y {Shards} -e fan-perf -t fanout -qp fan-perf-%d -qpf 1 -qpt {Shards} {Persistent} -q 64 -A 1 -r 10 -z 15", cancellationToken);
        return
        [
            Cost($"one event on {Shards} shards, the last one, p50", Percentile([.. latencies], 0.5), theirs?.P99),
            Cost($"one event on {Shards} shards, the last one, p99", Percentile([.. latencies], 0.99), theirs?.P99),
        ];
    }

    private static async Task StoreAsync(SqliteEventStore store, IReadOnlyList<Delivery> batch) => await Task.WhenAll(batch.Select(
        delivery => store.AppendAsync(
            $"bench/{delivery.Message.SourcePosition}",
            0,
            [new Commit(delivery.Message.Id, "", DateTimeOffset.UtcNow, [new EventData("bench.load", 1, delivery.Message.Body)])]).AsTask()));

    private async Task<string> FillAsync(RabbitMqBus bus, int count, CancellationToken cancellationToken)
    {
        var queue = await DeclareAsync(bus, cancellationToken);
        for (var sent = 0; sent < count; sent += BusLoad.Window)
        {
            await Task.WhenAll(Enumerable.Range(sent, Math.Min(BusLoad.Window, count - sent))
                .Select(number => bus.PublishAsync(BusLoad.Message(queue, number), cancellationToken).AsTask()));
        }

        return queue;
    }

    private async Task<string> DeclareAsync(RabbitMqBus bus, CancellationToken cancellationToken)
    {
        var queue = NextQueue();
        await BusLoad.DeclareAsync(bus, queue, queue, cancellationToken);
        return queue;
    }

    private string NextQueue() => $"bench-{++_queues}";

    private static Row Compare(string name, List<double> ours, List<double> theirs, string? goal) =>
        theirs.Count > 0 ? Row.Rate(name, Median(ours), Median(theirs), "messages/s", goal, goal is null ? null : (_, ratio) => ratio >= 0.9)
        : goal is null ? Row.Single(name, Median(ours), "messages/s")
        : Row.WithoutBaseline(name, Median(ours), "messages/s", goal, PerfTest.Missing);

    private static Row Cost(string name, double ours, double? theirs) =>
        theirs is { } baseline ? Row.Cost(name, ours, baseline, "ms") : Row.Single(name, ours, "ms");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Percentile(double[] sorted, double rank) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * rank))];
}

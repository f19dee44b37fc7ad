using System.Diagnostics;
using Game.Contracts.Analytics;
using Game.GeneratedPlay;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks.Streaming;

/// <summary>
/// The whole way of player actions, producer, broker and shard on the same machine: written, confirmed, delivered, folded by all
/// processors, durable and readable in every window. Beside it a plain consumer of the same topic. First as many as go through while
/// they are written, then how long one takes at a fixed rate that waits for nothing.
/// </summary>
public sealed class AnalyticsPathBenchmark : IBenchmark
{
    private const int UnderWay = 20_000;

    /// <summary>Actions before those that are measured.</summary>
    private const int WarmUp = 20_000;
    private const int LoadRate = 1_000;
    private const int ProbeRate = 50;

    public string Name => "analytics-path";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        KafkaServer server;
        try
        {
            server = await KafkaServer.StartAsync(forSpeed: true, cancellationToken: cancellationToken);
        }
        catch (ServerMissingException exception)
        {
            return [Row.WithoutBaseline("actions from written to readable", 0, "actions/s", "measured", exception.Message)];
        }

        await using (server)
        {
            var kafka = new KafkaOptions { BootstrapServers = server.BootstrapServers };
            using (var administration = new TopicAdministration(kafka))
            {
                await administration.EnsureAsync(
                    [new TopicSpec(AnalyticsShard.Topic.Name, AnalyticsShard.Partitions, 1, null)]);
            }

            var play = CreatePlay(quick ? 100_000 : 1_000_000);
            await using var writer = RecordWriter.Open(
                kafka, new RecordWriterOptions(), TimeProvider.System, NullLogger<RecordWriter>.Instance);
            var plain = await MeasurePlainAsync(kafka, writer, play, cancellationToken);
            var written = play.Count + WarmUp;
            var plainBacklog = await MeasurePlainBacklogAsync(kafka, written, cancellationToken);
            await using var shard = await AnalyticsShard.StartAsync(kafka, writer, cancellationToken);
            var backlog = await ReachAsync(shard.CountAsync, written, cancellationToken);

            // What is given twice is passed over: the same play by other ids.
            play = [.. play.Select(action => action with { Id = $"again-{action.Id}" })];
            var ours = await MeasureAsync(writer, play, shard.CountAsync, written + play.Count, cancellationToken);
            written += play.Count;
            var (readable, seen) = await MeasureLatencyAsync(kafka, writer, shard, play, written, quick ? 5 : 30, cancellationToken);
            return
            [
                Row.Rate($"actions from written to readable, {play.Count:N0}", ours, plain, "actions/s"),
                Row.Rate("actions of a backlog, from delivered to readable", backlog, plainBacklog, "actions/s"),
                Row.Cost($"one action at {LoadRate:N0}/s, p50", Percentile(readable, 0.5), Percentile(seen, 0.5), "ms"),
                Row.Cost($"one action at {LoadRate:N0}/s, p99", Percentile(readable, 0.99), Percentile(seen, 0.99), "ms"),
            ];
        }
    }

    /// <summary>Players of the shard for some hours, as they would arrive, the last of them now.</summary>
    private static List<PlayerAction> CreatePlay(int actions)
    {
        const int Buckets = 16;
        var generator = new PlayGenerator(new PlayPlan(Seed: 1, Players: actions / 2_500, Hours: 2, Cheaters: 0, Buckets));
        var play = Enumerable.Range(0, Buckets).SelectMany(generator.Bucket).OrderBy(action => action.At).Take(actions).ToList();
        var shift = DateTimeOffset.UtcNow - play[^1].At;
        return [.. play.Select(action => action with { At = action.At + shift })];
    }

    private static async Task<double> MeasurePlainAsync(
        KafkaOptions kafka, RecordWriter writer, List<PlayerAction> play, CancellationToken cancellationToken)
    {
        await using var consumer = new PlainConsumer(kafka, "plain", notes: false);
        List<PlayerAction> first = [.. play.Take(WarmUp).Select(action => action with { Id = $"before-{action.Id}" })];
        await MeasureAsync(writer, first, () => Task.FromResult(consumer.Counted), WarmUp, cancellationToken);
        return await MeasureAsync(writer, play, () => Task.FromResult(consumer.Counted), play.Count + WarmUp, cancellationToken);
    }

    private static async Task<double> MeasurePlainBacklogAsync(KafkaOptions kafka, long written, CancellationToken cancellationToken)
    {
        await using var consumer = new PlainConsumer(kafka, "plain-backlog", notes: false);
        return await ReachAsync(() => Task.FromResult(consumer.Counted), written, cancellationToken);
    }

    /// <summary>Writes all as fast as they are confirmed.</summary>
    /// <returns>Actions a second, from the first write until all are counted.</returns>
    private static async Task<double> MeasureAsync(
        RecordWriter writer, List<PlayerAction> play, Func<Task<long>> counted, long until, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var underWay = new Queue<Task>(UnderWay);
        foreach (var action in play)
        {
            if (underWay.Count == UnderWay)
            {
                await underWay.Dequeue();
            }

            underWay.Enqueue(WriteAsync(writer, action, cancellationToken));
        }

        await Task.WhenAll(underWay);
        await ReachAsync(counted, until, cancellationToken);
        return play.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <returns>Actions a second, from the first that is counted on.</returns>
    private static async Task<double> ReachAsync(Func<Task<long>> counted, long until, CancellationToken cancellationToken)
    {
        var (first, started) = (0L, 0L);
        for (var now = await counted(); now < until; now = await counted())
        {
            if (first == 0 && now > 0)
            {
                (first, started) = (now, Stopwatch.GetTimestamp());
            }

            await Task.Delay(20, cancellationToken);
        }

        return (until - first) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static Task<RecordPosition> WriteAsync(RecordWriter writer, PlayerAction action, CancellationToken cancellationToken)
    {
        var topic = AnalyticsShard.Topic;
        var bucket = ActionStreams.BucketOf(action.Player);
        return writer.WriteAsync(
            topic.Codec.Encode(topic.Name, bucket, action) with { Partition = topic.PartitionOf(bucket) }, cancellationToken);
    }

    /// <summary>From the call that writes an action to its being readable, and to its being counted by the plain consumer.</summary>
    private static async Task<(double[] Readable, double[] Seen)> MeasureLatencyAsync(
        KafkaOptions kafka,
        RecordWriter writer,
        AnalyticsShard shard,
        List<PlayerAction> play,
        long written,
        int seconds,
        CancellationToken cancellationToken)
    {
        await using var consumer = new PlainConsumer(kafka, "plain-beside", notes: true);
        while (consumer.Counted < written)
        {
            await Task.Delay(20, cancellationToken);
        }

        const int Every = LoadRate / ProbeRate;
        var probes = new List<Task<(double, double)>>();
        var load = new List<Task>();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < LoadRate * seconds; i++)
        {
            // Of the newest players, each time as something new that happens now.
            var action = play[^(1 + (i % 10_000))] with { Id = $"probe-{i}", At = DateTimeOffset.UtcNow };
            var due = TimeSpan.FromSeconds((double)i / LoadRate) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(due, cancellationToken);
            }

            if (i % Every == 0)
            {
                probes.Add(ProbeAsync(writer, shard, consumer, action, cancellationToken));
            }
            else
            {
                load.Add(WriteAsync(writer, action, cancellationToken));
            }
        }

        await Task.WhenAll(load);
        var latencies = await Task.WhenAll(probes);

        // The first second warms up.
        var counting = latencies.Skip(ProbeRate).ToList();
        return ([.. counting.Select(probe => probe.Item1).Order()], [.. counting.Select(probe => probe.Item2).Order()]);
    }

    private static async Task<(double Readable, double Seen)> ProbeAsync(
        RecordWriter writer, AnalyticsShard shard, PlainConsumer consumer, PlayerAction action, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var position = await WriteAsync(writer, action, cancellationToken);
        while (await shard.ReadableUpToAsync(action) < position.Offset)
        {
            await Task.Delay(1, cancellationToken);
        }

        var readable = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        long? seen;
        while ((seen = consumer.CountedAt(position)) is null)
        {
            await Task.Delay(1, cancellationToken);
        }

        return (readable, Stopwatch.GetElapsedTime(started, seen.Value).TotalMilliseconds);
    }

    private static double Percentile(double[] sorted, double share) =>
        sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}

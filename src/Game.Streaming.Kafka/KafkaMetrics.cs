using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Game.Streaming.Kafka;

/// <summary>What writers and readers of this process count (meter <c>Game.Streaming.Kafka</c>). Safe for concurrent use.</summary>
public static class KafkaMetrics
{
    public const string MeterName = "Game.Streaming.Kafka";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<RecordWriter, byte> Writers = [];
    private static readonly ConcurrentDictionary<PartitionReader, byte> Readers = [];

    private static readonly Counter<long> Written = Meter.CreateCounter<long>(
        "game.streaming.written", "{record}", "Records that left a writer's queue, by topic and outcome.");

    private static readonly Histogram<double> WriteDuration = Meter.CreateHistogram<double>(
        "game.streaming.write.duration", "s", "From a write to its confirm.");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "game.streaming.refused", "{record}", "Records that no writer took, by topic and reason.");

    private static readonly Counter<long> Read = Meter.CreateCounter<long>(
        "game.streaming.read", "{record}", "Records read, by topic.");

    private static readonly Counter<long> Missing = Meter.CreateCounter<long>(
        "game.streaming.missing", "{record}", "Records that were gone before they were read, by topic.");

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "game.streaming.failures", "{failure}", "Failures of reading and committing, by topic and operation.");

    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "game.streaming.dead_letters", "{record}", "Records put aside, by topic.");

    static KafkaMetrics()
    {
        Meter.CreateObservableGauge(
            "game.streaming.queued",
            () => Writers.Keys.Sum(writer => writer.Counters.Queued),
            "{record}",
            "Records written and not confirmed.");
        Meter.CreateObservableGauge(
            "game.streaming.lag",
            () => Readers.Keys.Select(reader => new Measurement<long>(
                reader.Status.Lag, Tag("topic", reader.Topic), Tag("partition", reader.Partition), Tag("group", reader.Group))),
            "{record}",
            "Records of a partition that are not yet handled.");
    }

    internal static void Add(RecordWriter writer) => Writers.TryAdd(writer, 0);

    internal static void Remove(RecordWriter writer) => Writers.TryRemove(writer, out _);

    internal static void Add(PartitionReader reader) => Readers.TryAdd(reader, 0);

    internal static void Remove(PartitionReader reader) => Readers.TryRemove(reader, out _);

    internal static void OnWritten(string topic, string outcome, double seconds)
    {
        Written.Add(1, Tag("topic", topic), Tag("outcome", outcome));
        WriteDuration.Record(seconds);
    }

    internal static void OnRefused(string topic, string reason) => Refused.Add(1, Tag("topic", topic), Tag("reason", reason));

    internal static void OnRead(string topic, int records) => Read.Add(records, Tag("topic", topic));

    internal static void OnMissing(string topic, long records) => Missing.Add(records, Tag("topic", topic));

    internal static void OnFailure(string topic, string operation) => Failures.Add(1, Tag("topic", topic), Tag("operation", operation));

    internal static void OnDeadLetter(string topic) => DeadLetters.Add(1, Tag("topic", topic));

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}

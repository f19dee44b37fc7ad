using Game.Streaming.Kafka;
using Orleans.Providers.Streams.Common;

namespace Game.Hosting.Streams;

/// <summary>Events of one stream that were read together, each with its own offset. Travels to the silo of the grain.</summary>
[GenerateSerializer, Immutable, Alias("kafka.batch")]
internal sealed class KafkaBatchContainer : IBatchContainer
{
    public KafkaBatchContainer(StreamId streamId, IReadOnlyList<ConsumedRecord> records, List<object> items)
    {
        StreamId = streamId;
        Items = items;
        Offsets = [.. records.Select(record => record.Offset)];
        Records = records;
    }

    [Id(0)]
    public StreamId StreamId { get; private set; }

    [Id(1)]
    public List<object> Items { get; private set; }

    [Id(2)]
    public List<long> Offsets { get; private set; }

    /// <summary>What was read, on the silo that read it; null elsewhere.</summary>
    [field: NonSerialized]
    public IReadOnlyList<ConsumedRecord>? Records { get; }

    /// <summary>Timestamp of its first delivery; null: not yet. On the silo that read it.</summary>
    [field: NonSerialized]
    public long? DeliveredAt { get; set; }

    /// <summary>Whether dead letters of it are durable. On the silo that read it.</summary>
    [field: NonSerialized]
    public bool IsPutAside { get; set; }

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2(Offsets[0]);

    /// <exception cref="InvalidCastException">The topic carries other events than the observer expects.</exception>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => Items.Select((item, i) => item is T expected
        ? Tuple.Create<T, StreamSequenceToken>(expected, new EventSequenceTokenV2(Offsets[i]))
        : throw new InvalidCastException($"The stream carries {item.GetType()}, the observer expects {typeof(T)}."));

    public bool ImportRequestContext() => false;
}

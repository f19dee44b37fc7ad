using Game.EventStore;
using Game.Streaming.Kafka;

namespace Game.Grains.Relay;

/// <summary>Publishes logs to a Kafka topic: a stream in one of its shard's partitions, so that it is ordered.</summary>
public sealed class KafkaEventSink(RecordWriter writer, EventRecordCodec codec, IEventPlaces places) : IEventSink
{
    public string Name => codec.Topic;

    public async Task WriteAsync(string shard, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            var confirms = new Task[events.Count];
            for (var i = 0; i < confirms.Length; i++)
            {
                var record = codec.Encode(shard, events[i]) with { Partition = places.PartitionOf(shard, events[i].Event.Stream) };
                confirms[i] = writer.WriteAsync(record, cancellationToken);
            }

            await Task.WhenAll(confirms).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is RecordWriteException or RecordCodecException)
        {
            throw new EventSinkException(exception.Message, exception);
        }
    }
}

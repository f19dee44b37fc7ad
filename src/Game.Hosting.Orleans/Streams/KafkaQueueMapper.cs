using System.Text;
using Game.Streaming.Kafka;

namespace Game.Hosting.Orleans.Streams;

/// <summary>Queues are partitions: a stream's is the one its key belongs to in the topic of its namespace. Immutable.</summary>
internal sealed class KafkaQueueMapper : IConsistentRingStreamQueueMapper
{
    private readonly Dictionary<string, QueueId[]> _byTopic;
    private readonly Dictionary<QueueId, (StreamTopic Topic, int Partition)> _partitions = [];

    public KafkaQueueMapper(string provider, IEnumerable<StreamTopic> topics)
    {
        var all = topics.OrderBy(topic => topic.Name, StringComparer.Ordinal)
            .SelectMany(topic => Enumerable.Range(0, topic.Partitions), (topic, partition) => (Topic: topic, Partition: partition)).ToList();
        for (var i = 0; i < all.Count; i++)
        {
            // Evenly around the ring, each in the middle of its part.
            var place = (uint)((i + 0.5) * uint.MaxValue / all.Count);
            var queue = QueueId.GetQueueId($"{provider}-{all[i].Topic.Name}", (uint)all[i].Partition, place);
            _partitions.Add(queue, all[i]);
        }

        _byTopic = _partitions.GroupBy(entry => entry.Value.Topic.Name).ToDictionary(
            group => group.Key, group => group.OrderBy(entry => entry.Value.Partition).Select(entry => entry.Key).ToArray());
    }

    public IEnumerable<QueueId> GetAllQueues() => _partitions.Keys;

    public IEnumerable<QueueId> GetQueuesForRange(IRingRange range) => _partitions.Keys.Where(queue => range.InRange(queue.GetUniformHashCode()));

    /// <exception cref="RecordCodecException">The namespace is no topic.</exception>
    public QueueId GetQueueForStream(StreamId streamId)
    {
        if (!_byTopic.TryGetValue(streamId.GetNamespace() ?? "", out var queues))
        {
            throw new RecordCodecException($"There is no topic for stream {streamId}.");
        }

        return queues[Partitioner.PartitionOf(Encoding.UTF8.GetBytes(streamId.GetKeyAsString()), queues.Length)];
    }

    public (StreamTopic Topic, int Partition) PartitionOf(QueueId queue) => _partitions[queue];
}

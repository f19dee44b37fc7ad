using Game.Streaming.Kafka;

namespace Game.Hosting.Streams;

/// <summary>Queues are partitions: a stream's is the one its key belongs to in the topic of its namespace. Immutable.</summary>
internal sealed class KafkaQueueMapper : IConsistentRingStreamQueueMapper
{
    private readonly KafkaStreamOptions _options;
    private readonly Dictionary<(string Topic, int Partition), QueueId> _queues = [];
    private readonly Dictionary<QueueId, (StreamTopic Topic, int Partition)> _own = [];

    public KafkaQueueMapper(string provider, KafkaStreamOptions options)
    {
        _options = options;
        var all = options.Topics.OrderBy(topic => topic.Name, StringComparer.Ordinal)
            .SelectMany(topic => Enumerable.Range(0, topic.Partitions), (topic, partition) => (Topic: topic, Partition: partition));
        var own = all.Where(place => place.Topic.Owns(place.Partition)).ToList();
        foreach (var (topic, partition) in all)
        {
            // Evenly around the ring, each in the middle of its part. Those of other clusters are never read here.
            var place = (uint)(((_own.Count + 0.5) * uint.MaxValue / own.Count) % uint.MaxValue);
            var queue = QueueId.GetQueueId($"{provider}-{topic.Name}", (uint)partition, place);
            _queues.Add((topic.Name, partition), queue);
            if (topic.Owns(partition))
            {
                _own.Add(queue, (topic, partition));
            }
        }
    }

    public IEnumerable<QueueId> GetAllQueues() => _own.Keys;

    public IEnumerable<QueueId> GetQueuesForRange(IRingRange range) => _own.Keys.Where(queue => range.InRange(queue.GetUniformHashCode()));

    /// <exception cref="RecordCodecException">The namespace is no topic.</exception>
    public QueueId GetQueueForStream(StreamId streamId)
    {
        var topic = _options.TopicOf(streamId.GetNamespace());
        return _queues[(topic.Name, topic.PartitionOf(topic.RecordKeyOf(streamId.GetKeyAsString())))];
    }

    public (StreamTopic Topic, int Partition) PartitionOf(QueueId queue) => _own[queue];
}

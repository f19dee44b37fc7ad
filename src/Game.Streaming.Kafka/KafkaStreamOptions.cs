namespace Game.Streaming.Kafka;

/// <summary>
/// A provider of streams over Kafka, whatever hosts the grains. A stream's namespace is its topic, its key the records' key, so
/// that a stream lives in one partition; partitions are what silos share among themselves.
/// </summary>
public sealed class KafkaStreamOptions
{
    /// <summary>How the brokers are reached.</summary>
    public KafkaOptions? Kafka { get; set; }

    /// <summary>Writes what is produced, and dead letters. Stays the caller's to dispose, after the silo.</summary>
    public RecordWriter? Writer { get; set; }

    /// <summary>Topics that streams may be of.</summary>
    public IList<StreamTopic> Topics { get; } = [];

    /// <summary>Whose committed offsets deliveries start from. The first start of a group is from the earliest records.</summary>
    public string Group { get; set; } = "game";

    /// <summary>Whether this silo's grains get the events; false: it only produces.</summary>
    public bool Consume { get; set; } = true;

    /// <summary>Most records read at once, 1–1000.</summary>
    public int BatchRecords { get; set; } = 250;

    /// <summary>Most records of a partition that are read and not yet handled; then reading waits. At least ten batches.</summary>
    public int CacheRecords { get; set; } = 4000;

    /// <summary>How often the contiguous prefix of what is handled is committed.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a silo looks for new records while there were none.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Every failure, each beginning with the option's name; empty if all is well.</summary>
    public IEnumerable<string> Validate()
    {
        if (Kafka is null || string.IsNullOrWhiteSpace(Kafka.BootstrapServers))
        {
            yield return $"{nameof(Kafka)}: must say how the brokers are reached.";
        }

        if (Writer is null)
        {
            yield return $"{nameof(Writer)}: must be given.";
        }

        if (Topics.Count == 0 || Topics.GroupBy(topic => topic.Name).Any(group => group.Count() > 1))
        {
            yield return $"{nameof(Topics)}: must name one topic at least, and none twice.";
        }

        foreach (var topic in Topics.Where(topic => string.IsNullOrWhiteSpace(topic.Name) || topic.Partitions is < 1 or > 20_000))
        {
            yield return $"{nameof(Topics)}: '{topic.Name}' must have a name and 1 to 20000 partitions, not {topic.Partitions}.";
        }

        if (string.IsNullOrWhiteSpace(Group))
        {
            yield return $"{nameof(Group)}: must name a consumer group.";
        }

        if (BatchRecords is < 1 or > 1000)
        {
            yield return $"{nameof(BatchRecords)}: must be 1 to 1000, not {BatchRecords}.";
        }

        if (CacheRecords < 10 * BatchRecords || CacheRecords > 1_000_000)
        {
            yield return $"{nameof(CacheRecords)}: must be {10 * BatchRecords} to 1000000, not {CacheRecords}.";
        }

        if (CommitInterval <= TimeSpan.Zero || PollInterval <= TimeSpan.Zero)
        {
            yield return $"{nameof(CommitInterval)}, {nameof(PollInterval)}: must be positive, not {CommitInterval} and {PollInterval}.";
        }
    }

    /// <summary>The record of an event of a stream.</summary>
    /// <exception cref="RecordCodecException">The namespace is no topic, or the topic carries no such events.</exception>
    public StreamRecord Encode(string? streamNamespace, string key, object item)
    {
        var topic = TopicOf(streamNamespace);
        return topic.Codec.Encode(topic.Name, key, item) with { Partition = topic.PartitionOf(key) };
    }

    /// <exception cref="RecordCodecException">The namespace is no topic.</exception>
    public StreamTopic TopicOf(string? streamNamespace) => Topics.FirstOrDefault(topic => topic.Name == streamNamespace)
        ?? throw new RecordCodecException(
            $"There is no topic for streams of '{streamNamespace}'. There are: {string.Join(", ", Topics.Select(topic => topic.Name))}.");

    /// <summary>How a partition is read.</summary>
    public PartitionReaderOptions ReaderOf(string topic, int partition) => new()
    {
        Topic = topic,
        Partition = partition,
        Group = Group,
        BatchRecords = BatchRecords,
        CommitInterval = CommitInterval,
    };
}

namespace Game.Streaming.Kafka;

/// <summary>A topic as it is wanted.</summary>
/// <param name="Name">Its name: 1–249 characters of <c>a-z A-Z 0-9 . _ -</c>.</param>
/// <param name="Partitions">At least 1. Never changed once streams are in use: the order of a key holds within a partition.</param>
/// <param name="Replication">Brokers that hold each partition, at least 1. With 3 a record is confirmed by 2 at least.</param>
/// <param name="Retention">How long records are kept; null: for ever.</param>
/// <param name="MaxRecordBytes">Largest batch the broker takes, in bytes as sent.</param>
public sealed record TopicSpec(string Name, int Partitions, short Replication, TimeSpan? Retention, int MaxRecordBytes = 1_048_588)
{
    /// <summary>The topic of its dead letters: one partition, kept for ever, records a little larger.</summary>
    public TopicSpec DeadLetters() => this with
    {
        Name = Kafka.DeadLetters.TopicOf(Name),
        Partitions = 1,
        Retention = null,
        MaxRecordBytes = MaxRecordBytes + Kafka.DeadLetters.Overhead,
    };
}

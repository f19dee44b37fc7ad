using System.Text;

namespace Game.Streaming.Kafka;

/// <summary>A topic that streams are of.</summary>
/// <param name="Name">Its name, which is the streams' namespace.</param>
/// <param name="Partitions">How many of its partitions are used; the broker may have more.</param>
/// <param name="Codec">What its events are.</param>
public sealed record StreamTopic(string Name, int Partitions, IRecordCodec Codec)
{
    /// <summary>
    /// Which partition the stream of a key lives in; where Kafka's own clients would write it unless set. Must stay as it is for as
    /// long as there are records.
    /// </summary>
    public Func<string, int> PartitionOf { get; init; } = key => Partitioner.PartitionOf(Encoding.UTF8.GetBytes(key), Partitions);

    /// <summary>The key that the records of a stream have; the stream's own unless set. <see cref="PartitionOf"/> is asked for this one.</summary>
    public Func<string, string> RecordKeyOf { get; init; } = static key => key;

    /// <summary>The key of the stream that a record belongs to, by its partition and its key: the way back of <see cref="RecordKeyOf"/>.</summary>
    public Func<int, string, string> StreamKeyOf { get; init; } = static (_, key) => key;

    /// <summary>Which partitions the grains of this silo's cluster get the events of; the others are another cluster's.</summary>
    public Func<int, bool> Owns { get; init; } = static _ => true;
}

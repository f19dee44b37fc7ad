using System.Text;

namespace Game.Streaming.Kafka;

/// <summary>A record to be written. Its arrays must not change until the write has ended.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Key">Records of one key keep their order; null: none.</param>
/// <param name="Value">The body.</param>
public sealed record StreamRecord(string Topic, ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte> Value)
{
    public StreamRecord(string topic, string key, ReadOnlyMemory<byte> value)
        : this(topic, Encoding.UTF8.GetBytes(key), value)
    {
    }

    /// <summary>Where it goes; null: where its key says (<see cref="Partitioner"/>).</summary>
    public int? Partition { get; init; }

    public IReadOnlyList<RecordHeader> Headers { get; init; } = [];

    /// <summary>Bytes it counts for in the writer's queue.</summary>
    internal long Size
    {
        get
        {
            long size = Value.Length + (Key?.Length ?? 0);
            foreach (var header in Headers)
            {
                size += header.Name.Length + header.Value.Length;
            }

            return size;
        }
    }
}

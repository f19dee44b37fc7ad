using System.Text;

namespace Game.Streaming.Kafka;

/// <summary>A record as it was read: bytes, not yet understood. Immutable.</summary>
public sealed class ConsumedRecord
{
    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    /// <summary>When it was produced, by its producer's clock, or when the broker took it, as the topic is set.</summary>
    public required DateTimeOffset Time { get; init; }

    public required ReadOnlyMemory<byte>? Key { get; init; }

    public required ReadOnlyMemory<byte> Value { get; init; }

    public required IReadOnlyList<RecordHeader> Headers { get; init; }

    /// <summary>The key as UTF-8 text; empty without a key.</summary>
    public string KeyText => Key is { } key ? Encoding.UTF8.GetString(key.Span) : "";

    /// <summary><c>topic/partition/offset</c>.</summary>
    public string Place => $"{Topic}/{Partition}/{Offset}";

    /// <summary>The record's place in its reader's order, for <see cref="PartitionReader.Complete(ConsumedRecord)"/>.</summary>
    internal long Ticket { get; init; }

    /// <summary>The last header of that name as text, or null.</summary>
    public string? Header(string name)
    {
        for (var i = Headers.Count - 1; i >= 0; i--)
        {
            if (Headers[i].Name == name)
            {
                return Headers[i].Text;
            }
        }

        return null;
    }
}

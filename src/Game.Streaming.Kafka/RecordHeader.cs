using System.Text;

namespace Game.Streaming.Kafka;

/// <summary>A header of a record.</summary>
/// <param name="Name">Its name; names may repeat.</param>
/// <param name="Value">Its value.</param>
public readonly record struct RecordHeader(string Name, ReadOnlyMemory<byte> Value)
{
    public RecordHeader(string name, string value)
        : this(name, Encoding.UTF8.GetBytes(value))
    {
    }

    /// <summary>The value as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Value.Span);
}

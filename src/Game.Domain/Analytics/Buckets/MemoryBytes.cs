using Game.Domain.Analytics.Encoding;
using Game.Domain.Analytics.Processors;

namespace Game.Domain.Analytics.Buckets;

/// <summary>
/// Memories of processors as bytes, each under its processor's name and the memory's version: a processor that came, went or
/// changed its memory begins with an empty one and disturbs no other.
/// </summary>
internal static class MemoryBytes
{
    public static void Write(ByteWriter writer, IReadOnlyList<Processor> processors, Memory?[] memories)
    {
        var content = new ByteWriter();
        writer.WriteVarint(memories.Count(memory => memory is not null));
        for (var i = 0; i < memories.Length; i++)
        {
            if (memories[i] is { } memory)
            {
                content.Clear();
                memory.Write(content);
                writer.WriteText(processors[i].Name);
                writer.WriteByte(memory.Version);
                writer.WriteVarint(content.Length);
                writer.WriteBytes(content.Written);
            }
        }
    }

    public static void Read(ref ByteReader reader, IReadOnlyList<Processor> processors, Memory?[] memories)
    {
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            var name = reader.ReadBytes(reader.ReadCount());
            var version = reader.ReadByte();
            var content = reader.ReadBytes(reader.ReadCount());
            for (var i = 0; i < memories.Length; i++)
            {
                if (memories[i] is { } memory && memory.Version == version && IsName(name, processors[i].Name))
                {
                    var inner = new ByteReader(content);
                    memory.Read(ref inner);
                }
            }
        }
    }

    private static bool IsName(ReadOnlySpan<byte> bytes, string name) => System.Text.Ascii.Equals(bytes, name);
}

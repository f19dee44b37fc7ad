using System.Buffers.Binary;

namespace Game.Streaming.Kafka;

/// <summary>Which partition a key belongs to: as Kafka's own clients decide, so that any of them writes to the same one.</summary>
public static class Partitioner
{
    /// <param name="key">The key.</param>
    /// <param name="partitions">Partitions of the topic, at least 1.</param>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        return (int)((Murmur2(key) & 0x7fffffff) % (uint)partitions);
    }

    /// <summary>MurmurHash2 (Austin Appleby, 32 bits) with the seed of org.apache.kafka.common.utils.Utils.</summary>
    internal static uint Murmur2(ReadOnlySpan<byte> data)
    {
        const uint Seed = 0x9747b28c;
        const uint M = 0x5bd1e995;
        const int R = 24;
        var hash = Seed ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            var k = BinaryPrimitives.ReadUInt32LittleEndian(data) * M;
            k ^= k >> R;
            hash = (hash * M) ^ (k * M);
            data = data[4..];
        }

        if (data.Length > 2)
        {
            hash ^= (uint)data[2] << 16;
        }

        if (data.Length > 1)
        {
            hash ^= (uint)data[1] << 8;
        }

        if (data.Length > 0)
        {
            hash = (hash ^ data[0]) * M;
        }

        hash ^= hash >> 13;
        hash *= M;
        return hash ^ (hash >> 15);
    }
}

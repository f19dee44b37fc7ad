using System.Buffers.Binary;
using System.Numerics;

namespace Game.Domain.Leaderboards.Ranking;

/// <summary>CRC-32C (Castagnoli), without the final complement.</summary>
internal static class Checksum
{
    public const uint Seed = uint.MaxValue;

    /// <summary>Continues a checksum. Pieces may be cut anywhere.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}

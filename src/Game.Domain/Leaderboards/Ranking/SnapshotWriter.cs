using System.Buffers;
using System.Buffers.Binary;

namespace Game.Domain.Leaderboards.Ranking;

/// <summary>
/// Writes a snapshot's bytes to a buffer, with the CRC-32C (Castagnoli) of all of them at the end. Integers are varints
/// of 7 bits a byte, least significant first. Not thread-safe.
/// </summary>
internal sealed class SnapshotWriter(IBufferWriter<byte> output)
{
    private const int MaxVarintBytes = 10;

    // A multiple of the checksum's 8-byte step, so that only the last block has a remainder.
    private readonly byte[] _block = new byte[64 * 1024];
    private int _used;
    private uint _crc = Checksum.Seed;

    public void WriteByte(byte value)
    {
        if (_used == _block.Length)
        {
            Flush();
        }

        _block[_used++] = value;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == _block.Length)
            {
                Flush();
            }

            var part = Math.Min(bytes.Length, _block.Length - _used);
            bytes[..part].CopyTo(_block.AsSpan(_used));
            _used += part;
            bytes = bytes[part..];
        }
    }

    /// <param name="value">Not negative.</param>
    public void WriteVarint(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        WriteUnsigned((ulong)value);
    }

    /// <summary>Any value; small ones of either sign are short.</summary>
    public void WriteZigzag(long value) => WriteUnsigned((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes what is left and the checksum. Nothing can be written after it.</summary>
    public void Complete()
    {
        Flush();
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(sizeof(uint)), _crc);
        output.Advance(sizeof(uint));
    }

    private void WriteUnsigned(ulong value)
    {
        Span<byte> bytes = stackalloc byte[MaxVarintBytes];
        var length = 0;
        for (; value > 0x7F; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
        WriteBytes(bytes[..length]);
    }

    private void Flush()
    {
        var bytes = _block.AsSpan(0, _used);
        _crc = Checksum.Add(_crc, bytes);
        output.Write(bytes);
        _used = 0;
    }
}

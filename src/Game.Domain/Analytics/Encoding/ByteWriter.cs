using System.Buffers.Binary;
using Game.Domain.Leaderboards.Ranking;

namespace Game.Domain.Analytics.Encoding;

/// <summary>Writes compact values into a buffer that grows; integers are varints of 7 bits a byte. Not thread-safe; reusable.</summary>
public sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void WriteByte(byte value) => Reserve(1)[0] = value;

    public void WriteBytes(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    public void WriteUnsigned(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            WriteByte((byte)(value | 0x80));
        }

        WriteByte((byte)value);
    }

    /// <param name="value">Not negative.</param>
    public void WriteVarint(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        WriteUnsigned((ulong)value);
    }

    /// <summary>Any value; small ones of either sign are short.</summary>
    public void WriteZigzag(long value) => WriteUnsigned((ulong)((value << 1) ^ (value >> 63)));

    public void WriteHash(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);

    public void WriteSingle(float value) => BinaryPrimitives.WriteSingleLittleEndian(Reserve(sizeof(float)), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double)), value);

    public void WriteText(string value)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(value);
        WriteVarint(length);
        System.Text.Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    /// <summary>Everything written, as base64.</summary>
    public string ToBase64() => Convert.ToBase64String(Written);

    /// <summary>Everything written, with its CRC-32C at the end.</summary>
    public byte[] ToChecked()
    {
        var crc = Checksum.Add(Checksum.Seed, Written);
        var all = new byte[Length + sizeof(uint)];
        Written.CopyTo(all);
        BinaryPrimitives.WriteUInt32LittleEndian(all.AsSpan(Length), crc);
        return all;
    }

    private Span<byte> Reserve(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}

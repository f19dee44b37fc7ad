using System.Buffers.Binary;
using Game.Domain.Leaderboards.Ranking;

namespace Game.Domain.Analytics.Encoding;

/// <summary>
/// Reads what a <see cref="ByteWriter"/> wrote. Every method throws <see cref="InvalidDataException"/> on what it cannot read.
/// </summary>
public ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public readonly bool AtEnd => _position == _bytes.Length;

    /// <summary>Opens what <see cref="ByteWriter.ToChecked"/> made.</summary>
    public static ByteReader OfChecked(ReadOnlySpan<byte> all)
    {
        if (all.Length < sizeof(uint)
            || Checksum.Add(Checksum.Seed, all[..^sizeof(uint)]) != BinaryPrimitives.ReadUInt32LittleEndian(all[^sizeof(uint)..]))
        {
            throw new InvalidDataException("The checksum does not agree with the content.");
        }

        return new ByteReader(all[..^sizeof(uint)]);
    }

    public byte ReadByte() => ReadBytes(1)[0];

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > _bytes.Length - _position)
        {
            throw new InvalidDataException("The content ends in the middle of a value.");
        }

        var span = _bytes.Slice(_position, count);
        _position += count;
        return span;
    }

    public ulong ReadUnsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = ReadByte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b <= 0x7F)
            {
                return value;
            }
        }

        throw new InvalidDataException("An integer has more than 64 bits.");
    }

    public long ReadVarint() => (long)ReadUnsigned();

    /// <summary>A count of things that take at least a byte each, so that damaged content cannot ask for the whole memory.</summary>
    public int ReadCount()
    {
        var count = ReadUnsigned();
        return count <= (ulong)(_bytes.Length - _position) ? (int)count : throw new InvalidDataException("A count is out of range.");
    }

    public long ReadZigzag()
    {
        var value = ReadUnsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ulong ReadHash() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(sizeof(ulong)));

    public float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(ReadBytes(sizeof(float)));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(ReadBytes(sizeof(double)));

    public string ReadText() => System.Text.Encoding.UTF8.GetString(ReadBytes(ReadCount()));
}

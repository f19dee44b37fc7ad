using System.Buffers.Binary;

namespace Game.Domain.Leaderboards.Ranking;

/// <summary>Reads what a <see cref="SnapshotWriter"/> wrote. The checksum is verified before anything is read.</summary>
internal ref struct SnapshotReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <exception cref="InvalidDataException">The checksum does not agree.</exception>
    public SnapshotReader(ReadOnlySpan<byte> snapshot)
    {
        if (snapshot.Length < sizeof(uint))
        {
            throw new InvalidDataException("The leaderboard snapshot is cut short.");
        }

        _bytes = snapshot[..^sizeof(uint)];
        if (Checksum.Add(Checksum.Seed, _bytes) != BinaryPrimitives.ReadUInt32LittleEndian(snapshot[^sizeof(uint)..]))
        {
            throw new InvalidDataException("The leaderboard snapshot's checksum does not agree with its content.");
        }
    }

    public readonly int Remaining => _bytes.Length - _position;

    public byte ReadByte() => ReadBytes(1)[0];

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > Remaining)
        {
            throw new InvalidDataException("The leaderboard snapshot ends in the middle of a value.");
        }

        var bytes = _bytes.Slice(_position, count);
        _position += count;
        return bytes;
    }

    public long ReadVarint() => (long)ReadUnsigned();

    public long ReadZigzag()
    {
        var value = ReadUnsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong ReadUnsigned()
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

        throw new InvalidDataException("The leaderboard snapshot has an integer of more than 64 bits.");
    }
}

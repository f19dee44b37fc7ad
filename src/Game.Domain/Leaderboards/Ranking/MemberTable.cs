using System.Numerics;

namespace Game.Domain.Leaderboards.Ranking;

/// <summary>
/// Interns members: UTF-8 names of 1 to <see cref="MaxNameBytes"/> bytes to small dense ids, and a 16-byte entry an id.
/// Expected O(1). Not thread-safe.
/// </summary>
/// <remarks>
/// Names lie end to end in slabs, each after its length. The index is open addressing with linear probing over 32-bit
/// slots (a few bits of the hash and the id), cut into segments by the top of the hash, so that growing pauses for one
/// segment and never for the whole table. Names and entries of removed members are used again by the next member whose
/// name is as long.
/// </remarks>
internal sealed class MemberTable
{
    public const int MaxNameBytes = 255;

    private const int SegmentBits = 8;
    private const int MinSegmentSlots = 8;
    private const int IdBits = 25;
    private const uint IdMask = (1u << IdBits) - 1;
    private const int MaxMembers = (int)IdMask - 1;
    private const int EntryChunkBits = 14;
    private const int EntryChunk = 1 << EntryChunkBits;
    private const int SlabBits = 18;
    private const int Slab = 1 << SlabBits;
    private const int MaxSlabs = 1 << (32 - SlabBits);
    private const int MinChunk = 16;

    private readonly uint[][] _segments = new uint[1 << SegmentBits][];
    private readonly int[] _segmentCounts = new int[1 << SegmentBits];
    private readonly List<Entry[]> _entries = [];
    private readonly List<byte[]> _slabs = [];

    // Heads of the lists of removed members by name length, linked through Entry.Leaf; -1 ends a list.
    private readonly int[] _free = new int[MaxNameBytes + 1];
    private int _slabUsed = Slab;
    private int _nextId;

    public MemberTable()
    {
        Array.Fill(_segments, []);
        Array.Fill(_free, -1);
    }

    public int Count { get; private set; }

    /// <summary>The entry of an id that <see cref="Add"/> gave and <see cref="Remove"/> has not taken back.</summary>
    public ref Entry this[int id] => ref _entries[id >> EntryChunkBits][id & (EntryChunk - 1)];

    public ReadOnlySpan<byte> NameOf(int id) => NameOf(this[id]);

    public ReadOnlySpan<byte> NameOf(in Entry entry)
    {
        var slab = _slabs[(int)(entry.NameOffset >> SlabBits)];
        var start = (int)(entry.NameOffset & (Slab - 1));
        return slab.AsSpan(start + 1, slab[start]);
    }

    /// <summary>
    /// Copies the entries of several members and looks at each name. Members lie all over the table: in these tight loops
    /// the waits for memory overlap, and what comes after finds entries and names in the cache.
    /// </summary>
    /// <returns>The length of all the names in bytes.</returns>
    public int Gather(ReadOnlySpan<int> ids, Span<Entry> entries)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            entries[i] = this[ids[i]];
        }

        var bytes = 0;
        foreach (ref readonly var entry in entries[..ids.Length])
        {
            bytes += NameOf(entry).Length;
        }

        return bytes;
    }

    /// <summary>The member's id, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        var hash = Hash(name);
        var segment = _segments[hash >> (32 - SegmentBits)];
        var slot = SlotOf(hash, name, segment);
        return slot >= 0 && segment[slot] != 0 ? IdIn(segment[slot]) : -1;
    }

    /// <summary>Adds a member that is not in the table.</summary>
    /// <exception cref="InvalidOperationException">The table is full (33 million members or 4 GiB of names).</exception>
    public int Add(ReadOnlySpan<byte> name)
    {
        var hash = Hash(name);
        var index = hash >> (32 - SegmentBits);
        if (++_segmentCounts[index] > LoadLimit(_segments[index].Length))
        {
            Grow(index);
        }

        var segment = _segments[index];
        var slot = SlotOf(hash, name, segment);
        if (segment[slot] != 0)
        {
            _segmentCounts[index]--;
            throw new ArgumentException("The member is in the table already.", nameof(name));
        }

        var id = NewId(name);
        segment[slot] = SlotFor(hash, id);
        Count++;
        return id;
    }

    public void Remove(int id)
    {
        var name = NameOf(id);
        var hash = Hash(name);
        var index = hash >> (32 - SegmentBits);
        var segment = _segments[index];
        Vacate(segment, SlotOf(hash, name, segment));
        _segmentCounts[index]--;
        Count--;
        this[id].Leaf = _free[name.Length];
        _free[name.Length] = id;
    }

    /// <summary>Room for <paramref name="members"/> without growing on the way. Only a hint.</summary>
    public void Reserve(int members)
    {
        // Segments fill unevenly by about the square root of their mean.
        var mean = members >> SegmentBits;
        var slots = (int)((mean + (4 * Math.Sqrt(mean))) * 20 / 17);
        for (var i = 0u; slots > MinSegmentSlots && i < _segments.Length; i++)
        {
            if (_segments[i].Length < slots)
            {
                Resize(i, slots);
            }
        }
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        // Seeded anew in each process: nobody can choose names that collide.
        var hash = default(HashCode);
        hash.AddBytes(name);
        return (uint)hash.ToHashCode();
    }

    private static uint SlotFor(uint hash, int id) => (hash << IdBits) | (uint)(id + 1);

    private static int IdIn(uint slot) => (int)(slot & IdMask) - 1;

    private static int LoadLimit(int slots) => (int)((long)slots * 17 / 20);

    /// <summary>Where the search for a hash begins: the bits below the segment's, scaled to the number of slots.</summary>
    private static int Home(uint hash, int slots) => (int)(((ulong)(hash << SegmentBits) * (uint)slots) >> 32);

    /// <summary>The slot that holds the name, or the empty one where it belongs; -1 if the segment has no slots.</summary>
    private int SlotOf(uint hash, ReadOnlySpan<byte> name, uint[] segment)
    {
        if (segment.Length == 0)
        {
            return -1;
        }

        var slot = Home(hash, segment.Length);
        var tag = hash << IdBits;
        while (true)
        {
            var content = segment[slot];
            if (content == 0 || ((content & ~IdMask) == tag && NameOf(IdIn(content)).SequenceEqual(name)))
            {
                return slot;
            }

            slot = slot + 1 == segment.Length ? 0 : slot + 1;
        }
    }

    /// <summary>Empties a slot and moves later members of the probe run up, so that no search ends early.</summary>
    private void Vacate(uint[] segment, int hole)
    {
        var slot = hole;
        while (true)
        {
            slot = slot + 1 == segment.Length ? 0 : slot + 1;
            var content = segment[slot];
            if (content == 0)
            {
                segment[hole] = 0;
                return;
            }

            var home = Home(Hash(NameOf(IdIn(content))), segment.Length);
            if (Distance(home, slot, segment.Length) >= Distance(hole, slot, segment.Length))
            {
                segment[hole] = content;
                hole = slot;
            }
        }
    }

    private static int Distance(int from, int to, int slots) => to >= from ? to - from : to - from + slots;

    private void Grow(uint index) => Resize(index, Math.Max(MinSegmentSlots, _segments[index].Length * 3 / 2));

    private void Resize(uint index, int slots)
    {
        var old = _segments[index];
        var segment = new uint[slots];
        foreach (var content in old)
        {
            if (content == 0)
            {
                continue;
            }

            var slot = Home(Hash(NameOf(IdIn(content))), slots);
            while (segment[slot] != 0)
            {
                slot = slot + 1 == slots ? 0 : slot + 1;
            }

            segment[slot] = content;
        }

        _segments[index] = segment;
    }

    private int NewId(ReadOnlySpan<byte> name)
    {
        var id = _free[name.Length];
        if (id >= 0)
        {
            _free[name.Length] = this[id].Leaf;
            var offset = this[id].NameOffset;
            name.CopyTo(_slabs[(int)(offset >> SlabBits)].AsSpan((int)(offset & (Slab - 1)) + 1));
            return id;
        }

        if (_nextId == MaxMembers)
        {
            throw new InvalidOperationException($"A leaderboard holds at most {MaxMembers} members.");
        }

        var nameOffset = Store(name);
        id = _nextId++;
        EnsureChunk(_entries, id >> EntryChunkBits, (id & (EntryChunk - 1)) + 1, EntryChunk);
        this[id] = new Entry { NameOffset = nameOffset };
        return id;
    }

    private uint Store(ReadOnlySpan<byte> name)
    {
        if (_slabUsed + 1 + name.Length > Slab)
        {
            if (_slabs.Count == MaxSlabs)
            {
                throw new InvalidOperationException("A leaderboard holds at most 4 GiB of member names.");
            }

            _slabs.Add([]);
            _slabUsed = 0;
        }

        var start = _slabUsed;
        _slabUsed += 1 + name.Length;
        EnsureChunk(_slabs, _slabs.Count - 1, _slabUsed, Slab);
        var slab = _slabs[^1];
        slab[start] = (byte)name.Length;
        name.CopyTo(slab.AsSpan(start + 1));
        return ((uint)(_slabs.Count - 1) << SlabBits) | (uint)start;
    }

    /// <summary>Makes the last chunk hold <paramref name="length"/>. Only the first one grows; later ones start whole.</summary>
    private static void EnsureChunk<T>(List<T[]> chunks, int index, int length, int capacity)
    {
        if (index == chunks.Count)
        {
            chunks.Add([]);
        }

        var chunk = chunks[index];
        if (chunk.Length < length)
        {
            var grown = index > 0 ? capacity : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, MinChunk));
            Array.Resize(ref chunk, grown);
            chunks[index] = chunk;
        }
    }

    /// <summary>What is known of a member besides its name. The leaf of the rank tree that holds it also holds its score.</summary>
    internal struct Entry
    {
        public long ScoredAtTicks;
        public uint NameOffset;
        public int Leaf;
    }
}

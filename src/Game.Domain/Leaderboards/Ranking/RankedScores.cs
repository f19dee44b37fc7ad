using System.Text;
using System.Text.Unicode;
using Game.Contracts.Leaderboards;

namespace Game.Domain.Leaderboards.Ranking;

/// <summary>
/// Members ranked by score; among equal scores the earlier one stands higher. Setting, removing, the rank of a member and
/// the entry at a rank are O(log n), a page of k entries O(log n + k). Ranks are 1-based. Not thread-safe: one owner.
/// </summary>
/// <remarks>
/// Memory: about 40 bytes an entry besides its name in UTF-8 (docs/leaderboards.md has the sum). "Earlier" is the order
/// of the calls. Times never run backwards with it: one before its predecessor's counts as the predecessor's.
/// </remarks>
public sealed class RankedScores
{
    private readonly MemberTable _members = new();
    private readonly RankTree _tree;
    private long _lastTicks;

    /// <param name="descending">True if a greater score stands higher.</param>
    public RankedScores(bool descending)
    {
        Descending = descending;
        _tree = new RankTree(_members);
    }

    /// <summary>True if a greater score stands higher.</summary>
    public bool Descending { get; }

    public int Count => _members.Count;

    /// <summary>Whether the name can be a member: well-formed Unicode of 1 to <see cref="LeaderboardLimits.MaxMemberBytes"/> bytes in UTF-8.</summary>
    public static bool IsValidMember(string member)
    {
        Span<byte> buffer = stackalloc byte[LeaderboardLimits.MaxMemberBytes];
        return TryEncode(member, buffer, out _);
    }

    /// <summary>Records a score, behind all equal ones.</summary>
    /// <exception cref="ArgumentException">The name cannot be a member.</exception>
    /// <exception cref="InvalidOperationException">No room: 33 million members or 4 GiB of names.</exception>
    public void Set(string member, long score, DateTimeOffset at)
    {
        Span<byte> buffer = stackalloc byte[LeaderboardLimits.MaxMemberBytes];
        var name = Encode(member, buffer);
        var id = _members.Find(name);
        if (id < 0)
        {
            id = _members.Add(name);
            _tree.Insert(id, KeyOf(score));
        }
        else
        {
            _tree.Update(id, KeyOf(score));
        }

        _lastTicks = Math.Max(_lastTicks, at.UtcTicks);
        _members[id].ScoredAtTicks = _lastTicks;
    }

    /// <returns>False if there was no such member.</returns>
    public bool Remove(string member)
    {
        var id = Find(member);
        if (id < 0)
        {
            return false;
        }

        _tree.Remove(id);
        _members.Remove(id);
        return true;
    }

    public bool TryGetScore(string member, out long score)
    {
        var id = Find(member);
        score = id < 0 ? 0 : ScoreOf(_tree.KeyOf(id));
        return id >= 0;
    }

    /// <summary>The member's rank, or 0 without an entry.</summary>
    public int RankOf(string member)
    {
        var id = Find(member);
        return id < 0 ? 0 : _tree.PlaceOf(id) + 1;
    }

    /// <summary>The rank the member would have if it scored this now.</summary>
    public int RankIfSet(string member, long score)
    {
        var key = KeyOf(score);
        var above = _tree.CountUpTo(key);
        var id = Find(member);
        return id >= 0 && _tree.KeyOf(id) <= key ? above : above + 1;
    }

    /// <summary>The member's entry, or null.</summary>
    public LeaderboardEntry? EntryOf(string member) => Around(member, 0) is [var entry] ? entry : null;

    /// <summary>Up to <paramref name="count"/> entries from <paramref name="firstRank"/> on; fewer where the board ends.</summary>
    public IReadOnlyList<LeaderboardEntry> Page(long firstRank, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstRank, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (firstRank > Count)
        {
            return [];
        }

        var items = new LeaderboardEntry[(int)Math.Min(count, Count - firstRank + 1)];
        var filled = 0;
        Span<MemberTable.Entry> entries = stackalloc MemberTable.Entry[Leaf.Capacity];
        var cursor = _tree.From((int)firstRank - 1);
        while (filled < items.Length && cursor.MoveNext())
        {
            var run = Math.Min(items.Length - filled, cursor.Members.Length);
            _members.Gather(cursor.Members[..run], entries);
            for (var i = 0; i < run; i++, filled++)
            {
                items[filled] = new LeaderboardEntry(
                    firstRank + filled,
                    Encoding.UTF8.GetString(_members.NameOf(entries[i])),
                    ScoreOf(cursor.Keys[i]),
                    TimeOf(entries[i]));
            }
        }

        return items;
    }

    /// <summary>The member's entry between up to <paramref name="reach"/> entries on either side; empty without an entry.</summary>
    public IReadOnlyList<LeaderboardEntry> Around(string member, int reach)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(reach);
        var rank = RankOf(member);
        if (rank == 0)
        {
            return [];
        }

        var first = Math.Max(1, rank - reach);
        return Page(first, rank - first + 1 + reach);
    }

    /// <summary>Score and time of the entry at a rank from 1 to <see cref="Count"/>.</summary>
    public Standing StandingAt(long rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, Count);
        var cursor = _tree.From((int)rank - 1);
        cursor.MoveNext();
        return new Standing(ScoreOf(cursor.Keys[0]), TimeOf(_members[cursor.Members[0]]));
    }

    internal void Write(SnapshotWriter writer)
    {
        writer.WriteByte(Descending ? (byte)1 : (byte)0);
        writer.WriteVarint(_lastTicks);
        writer.WriteVarint(Count);
        Span<MemberTable.Entry> entries = stackalloc MemberTable.Entry[Leaf.Capacity];
        var cursor = _tree.From(0);
        long key = 0;
        var ticks = _lastTicks;
        while (cursor.MoveNext())
        {
            _members.Gather(cursor.Members, entries);
            for (var i = 0; i < cursor.Members.Length; i++)
            {
                var name = _members.NameOf(entries[i]);
                writer.WriteZigzag(cursor.Keys[i] - key);
                writer.WriteZigzag(entries[i].ScoredAtTicks - ticks);
                writer.WriteByte((byte)name.Length);
                writer.WriteBytes(name);
                key = cursor.Keys[i];
                ticks = entries[i].ScoredAtTicks;
            }
        }
    }

    /// <exception cref="InvalidDataException">Not what <see cref="Write"/> wrote.</exception>
    internal static RankedScores Read(ref SnapshotReader reader)
    {
        var scores = new RankedScores(reader.ReadByte() != 0) { _lastTicks = reader.ReadVarint() };
        var count = reader.ReadVarint();
        scores._members.Reserve((int)Math.Min(count, reader.Remaining));
        long key = 0;
        var ticks = scores._lastTicks;
        for (long i = 0; i < count; i++)
        {
            key += reader.ReadZigzag();
            ticks += reader.ReadZigzag();
            var name = reader.ReadBytes(reader.ReadByte());
            var id = scores._members.Add(name);
            scores._members[id].ScoredAtTicks = ticks;
            scores._tree.Insert(id, key);
        }

        return scores;
    }

    private static bool TryEncode(string member, Span<byte> buffer, out ReadOnlySpan<byte> name)
    {
        var status = Utf8.FromUtf16(member, buffer, out _, out var length, replaceInvalidSequences: false);
        name = buffer[..length];
        return status == System.Buffers.OperationStatus.Done && length > 0;
    }

    private static ReadOnlySpan<byte> Encode(string member, Span<byte> buffer) =>
        TryEncode(member, buffer, out var name)
            ? name
            : throw new ArgumentException($"A member is 1 to {LeaderboardLimits.MaxMemberBytes} bytes of UTF-8.", nameof(member));

    private int Find(string member)
    {
        Span<byte> buffer = stackalloc byte[LeaderboardLimits.MaxMemberBytes];
        return TryEncode(member, buffer, out var name) ? _members.Find(name) : -1;
    }

    // The tree is ascending: the complement turns a long's order round without overflow.
    private long KeyOf(long score) => Descending ? ~score : score;

    private long ScoreOf(long key) => Descending ? ~key : key;

    private static DateTimeOffset TimeOf(in MemberTable.Entry entry) => new(entry.ScoredAtTicks, TimeSpan.Zero);
}

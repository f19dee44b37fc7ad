using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;
using Game.Domain.Analytics.Processors;

namespace Game.Domain.Analytics.Buckets;

/// <summary>
/// What a bucket remembers at its mark, so that the actions after it are folded the same way again after a crash. Mutable: use
/// only what <see cref="Apply"/> returned.
/// </summary>
public sealed class ActionBucket : IAggregate<ActionBucket, BucketCommand>
{
    private readonly SortedDictionary<string, byte[]> _players = new(StringComparer.Ordinal);

    public ActionOffset Mark { get; private set; } = ActionOffset.Start;

    /// <summary>The newest time of an action, Unix milliseconds; 0: none yet.</summary>
    public long NewestMillis { get; private set; }

    public BucketCounters Counters { get; private set; } = BucketCounters.Zero;

    public DateTimeOffset? FoldedAt { get; private set; }

    public int PlayerCount => _players.Count;

    internal byte[] Shared { get; private set; } = [];

    internal IEnumerable<KeyValuePair<string, byte[]>> Players => _players;

    public static ActionBucket Initial(string id) => new();

    public Decision Decide(BucketCommand command, DateTimeOffset now)
    {
        if (command is not AdvanceBucket c)
        {
            throw new ArgumentOutOfRangeException(nameof(command), command, "A bucket does not know this command.");
        }

        return Mark != c.After ? Refusal.Conflict(RefusalCodes.PartialOutOfPlace, $"The bucket stands at {Mark}, not {c.After}.")
            : c.Last <= c.After ? Refusal.Invalid("last", "after the mark")
            : new BucketAdvanced(now, c.Last, c.NewestMillis, c.Counters, c.Shared, c.Memories);
    }

    public ActionBucket Apply(GameEvent fact)
    {
        if (fact is not BucketAdvanced e)
        {
            throw new ArgumentOutOfRangeException(nameof(fact), fact, "A bucket's stream does not hold this event.");
        }

        (Mark, NewestMillis, Counters, FoldedAt) = (e.Last, e.NewestMillis, e.Counters, e.At);
        Shared = Convert.FromBase64String(e.Shared);
        foreach (var change in e.Memories)
        {
            if (change.Content is null)
            {
                _players.Remove(change.Player);
            }
            else
            {
                _players[change.Player] = Convert.FromBase64String(change.Content);
            }
        }

        return this;
    }

    public BucketStatus ToStatus(string bucket) => new(
        bucket,
        Mark,
        NewestMillis == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(NewestMillis) - BucketFold.Lateness,
        Counters,
        PlayerCount,
        FoldedAt,
        ReadShared([], []).Marks);

    public byte[] WriteSnapshot()
    {
        var writer = new ByteWriter();
        writer.WriteZigzag(Mark.Sequence);
        writer.WriteVarint(Mark.Index);
        writer.WriteVarint(NewestMillis);
        writer.WriteVarint(Counters.Counted);
        writer.WriteVarint(Counters.Late);
        writer.WriteVarint(Counters.Repeated);
        writer.WriteVarint(Counters.Unusable);
        writer.WriteVarint(FoldedAt?.ToUnixTimeMilliseconds() ?? 0);
        writer.WriteVarint(Shared.Length);
        writer.WriteBytes(Shared);
        writer.WriteVarint(_players.Count);
        foreach (var (player, bytes) in _players)
        {
            writer.WriteText(player);
            writer.WriteVarint(bytes.Length);
            writer.WriteBytes(bytes);
        }

        return writer.ToChecked();
    }

    /// <exception cref="InvalidDataException">Damaged, or of an unknown format.</exception>
    public static ActionBucket ReadSnapshot(ReadOnlySpan<byte> snapshot)
    {
        var reader = ByteReader.OfChecked(snapshot);
        var bucket = new ActionBucket
        {
            Mark = new ActionOffset(reader.ReadZigzag(), (int)reader.ReadVarint()),
            NewestMillis = reader.ReadVarint(),
            Counters = new BucketCounters(reader.ReadVarint(), reader.ReadVarint(), reader.ReadVarint(), reader.ReadVarint()),
            FoldedAt = reader.ReadVarint() is > 0 and var at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
            Shared = reader.ReadBytes(reader.ReadCount()).ToArray(),
        };
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            bucket._players.Add(reader.ReadText(), reader.ReadBytes(reader.ReadCount()).ToArray());
        }

        return bucket;
    }

    /// <summary>Reads the shared memories of those processors.</summary>
    /// <returns>Which actions of shards' logs it has: written behind the memories, by builds that know of it.</returns>
    internal LogMemory ReadShared(IReadOnlyList<Processor> processors, Memory?[] memories)
    {
        var logs = new LogMemory();
        if (Shared.Length > 0)
        {
            var reader = new ByteReader(Shared);
            MemoryBytes.Read(ref reader, processors, memories);
            if (!reader.AtEnd)
            {
                logs.Read(ref reader);
            }
        }

        return logs;
    }

    internal byte[]? MemoryOf(string player) => _players.GetValueOrDefault(player);
}

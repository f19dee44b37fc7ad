using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Sketches;

namespace Game.Domain.Analytics.Buckets;

/// <summary>
/// What a bucket remembers of a player: when it was last active, its open session, the sources of its newest actions, and the
/// processors' memories. Kept as bytes that begin with what a sweep needs. Not thread-safe.
/// </summary>
internal sealed class PlayerRecord
{
    /// <summary>Sources of actions by which a repetition is known: the player's newest.</summary>
    public const int Sources = 8;

    public static readonly long SessionGap = (long)TimeSpan.FromMinutes(30).TotalMilliseconds;

    private readonly List<(ulong Source, long Index)> _sources = new(Sources + 1);

    public PlayerRecord(IReadOnlyList<Processor> processors)
    {
        Memories = [.. processors.Select(processor => processor.NewPlayerMemory())];
    }

    /// <summary>Of the processors, in their order.</summary>
    public Memory?[] Memories { get; }

    /// <summary>The newest action's time, Unix milliseconds; 0: none yet.</summary>
    public long LastAt { get; private set; }

    public long SessionStartedAt { get; private set; }

    public long SessionActions { get; private set; }

    public SessionSummary Session => new(SessionStartedAt, LastAt, SessionActions);

    /// <summary>The time of the last action and whether a session is open, without reading the rest.</summary>
    public static (long LastAt, bool InSession) Peek(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        return (reader.ReadVarint(), reader.ReadVarint() > 0);
    }

    /// <summary>Whether the action was seen before; from now on it has been.</summary>
    public bool IsRepeated(PlayerAction action)
    {
        var id = action.Id.AsSpan();
        var slash = id.LastIndexOf('/');
        var index = 0L;
        if (slash > 0 && long.TryParse(id[(slash + 1)..], out var number) && number >= 0)
        {
            id = id[..slash];
            index = number;
        }

        var source = TextHash.Of(id);
        for (var i = _sources.Count - 1; i >= 0; i--)
        {
            if (_sources[i].Source == source)
            {
                if (index <= _sources[i].Index)
                {
                    return true;
                }

                _sources[i] = (source, index);
                return false;
            }
        }

        _sources.Add((source, index));
        if (_sources.Count > Sources)
        {
            _sources.RemoveAt(0);
        }

        return false;
    }

    /// <summary>Whether an action at this time is beyond the open session.</summary>
    public bool IsBeyondSession(long at) => SessionActions > 0 && at - LastAt > SessionGap;

    public void EndSession() => SessionActions = 0;

    /// <returns>Whether it begins a session.</returns>
    public bool Touch(long at)
    {
        var starts = SessionActions == 0;
        SessionStartedAt = starts ? at : Math.Min(SessionStartedAt, Math.Max(at, SessionStartedAt - SessionGap));
        LastAt = starts ? at : Math.Max(LastAt, at);
        SessionActions++;
        return starts;
    }

    public void Write(ByteWriter writer, IReadOnlyList<Processor> processors)
    {
        writer.WriteVarint(LastAt);
        writer.WriteVarint(SessionActions);
        writer.WriteVarint(SessionStartedAt);
        writer.WriteVarint(_sources.Count);
        foreach (var (source, index) in _sources)
        {
            writer.WriteHash(source);
            writer.WriteVarint(index);
        }

        MemoryBytes.Write(writer, processors, Memories);
    }

    public void Read(ReadOnlySpan<byte> bytes, IReadOnlyList<Processor> processors)
    {
        var reader = new ByteReader(bytes);
        LastAt = reader.ReadVarint();
        SessionActions = reader.ReadVarint();
        SessionStartedAt = reader.ReadVarint();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            _sources.Add((reader.ReadHash(), reader.ReadVarint()));
        }

        MemoryBytes.Read(ref reader, processors, Memories);
    }
}

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
    public static readonly long SessionGap = (long)TimeSpan.FromMinutes(30).TotalMilliseconds;

    /// <summary>Added to the number of sources where some of them have gaps, which follow them then.</summary>
    private const int WithGaps = 16;

    /// <summary>
    /// Gaps: which of the 128 numbers below the index have not come; the lowest bit is the one just below. Trouble on the way may
    /// let a later action of a source come before an earlier one.
    /// </summary>
    private readonly List<(ulong Source, long Index, UInt128 Gaps)> _sources = new(ActionLimits.KnownSources + 1);

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
        var source = TextHash.Of(ActionRules.SourceOf(action.Id, out var index));
        for (var i = _sources.Count - 1; i >= 0; i--)
        {
            if (_sources[i].Source == source)
            {
                return !Take(i, index);
            }
        }

        _sources.Add((source, index, GapsBefore(index)));
        if (_sources.Count > ActionLimits.KnownSources)
        {
            _sources.RemoveAt(0);
        }

        return false;
    }

    /// <returns>False if the source's action of this number has come before.</returns>
    private bool Take(int i, long index)
    {
        var (source, last, gaps) = _sources[i];
        if (index > last)
        {
            var step = index - last;
            _sources[i] = (source, index, (step < 128 ? gaps << (int)step : 0) | GapsBefore(step - 1));
            return true;
        }

        var bit = last - index is > 0 and <= 128 and var below ? UInt128.One << (int)(below - 1) : 0;
        _sources[i] = (source, last, gaps & ~bit);
        return (gaps & bit) != 0;
    }

    private static UInt128 GapsBefore(long count) => count >= 128 ? UInt128.MaxValue : (UInt128.One << (int)count) - 1;

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
        var withGaps = _sources.Exists(source => source.Gaps != 0);
        writer.WriteVarint(_sources.Count + (withGaps ? WithGaps : 0));
        foreach (var (source, index, gaps) in _sources)
        {
            writer.WriteHash(source);
            writer.WriteVarint(index);
            if (withGaps)
            {
                writer.WriteUnsigned((ulong)gaps);
                writer.WriteUnsigned((ulong)(gaps >> 64));
            }
        }

        MemoryBytes.Write(writer, processors, Memories);
    }

    public void Read(ReadOnlySpan<byte> bytes, IReadOnlyList<Processor> processors)
    {
        var reader = new ByteReader(bytes);
        LastAt = reader.ReadVarint();
        SessionActions = reader.ReadVarint();
        SessionStartedAt = reader.ReadVarint();
        var count = reader.ReadVarint();
        var withGaps = count >= WithGaps;
        for (var left = count - (withGaps ? WithGaps : 0); left > 0; left--)
        {
            var (source, index) = (reader.ReadHash(), reader.ReadVarint());
            _sources.Add((source, index, withGaps ? reader.ReadUnsigned() | ((UInt128)reader.ReadUnsigned() << 64) : 0));
        }

        MemoryBytes.Read(ref reader, processors, Memories);
    }
}

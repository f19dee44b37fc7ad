using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Windows;

/// <summary>
/// The windows of one <see cref="WindowKey"/>, and for each bucket the offset up to which they hold everything. A partial is
/// merged only if it begins at the bucket's mark, and moves the mark in the same event: so each action of a bucket is in here
/// once, however its partials are cut, repeated or lost on the way. Mutable: use only what <see cref="Apply"/> returned.
/// </summary>
public sealed class WindowSpan : IAggregate<WindowSpan, WindowCommand>
{
    private readonly SortedDictionary<string, ActionOffset> _marks = new(StringComparer.Ordinal);

    public PaneSet Panes { get; } = new();

    public static WindowSpan Initial(string id) => new();

    public ActionOffset MarkOf(string bucket) => _marks.TryGetValue(bucket, out var mark) ? mark : ActionOffset.Start;

    public Decision Decide(WindowCommand command, DateTimeOffset now)
    {
        if (command is not MergePartial c)
        {
            throw new ArgumentOutOfRangeException(nameof(command), command, "Windows do not know this command.");
        }

        var mark = MarkOf(c.Bucket);
        return mark != c.After
                ? Refusal.Conflict(RefusalCodes.PartialOutOfPlace, $"The windows hold {c.Bucket} up to {mark}, not {c.After}.")
            : c.Last <= c.After ? Refusal.Invalid("last", "after the mark")
            : new PartialMerged(now, c.Bucket, c.Last, c.Content);
    }

    public WindowSpan Apply(GameEvent fact)
    {
        if (fact is not PartialMerged e)
        {
            throw new ArgumentOutOfRangeException(nameof(fact), fact, "A stream of windows does not hold this event.");
        }

        Panes.Merge(e.Content);
        _marks[e.Bucket] = e.Last;
        return this;
    }

    public byte[] WriteSnapshot()
    {
        var writer = new ByteWriter();
        writer.WriteVarint(_marks.Count);
        foreach (var (bucket, mark) in _marks)
        {
            writer.WriteText(bucket);
            writer.WriteZigzag(mark.Sequence);
            writer.WriteVarint(mark.Index);
        }

        Panes.Write(writer);
        return writer.ToChecked();
    }

    /// <exception cref="InvalidDataException">Damaged, or of an unknown format.</exception>
    public static WindowSpan ReadSnapshot(ReadOnlySpan<byte> snapshot)
    {
        var span = new WindowSpan();
        var reader = ByteReader.OfChecked(snapshot);
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            span._marks.Add(reader.ReadText(), new ActionOffset(reader.ReadZigzag(), (int)reader.ReadVarint()));
        }

        span.Panes.MergeFrom(ref reader);
        return span;
    }
}

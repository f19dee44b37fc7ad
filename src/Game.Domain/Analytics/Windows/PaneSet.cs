using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Windows;

/// <summary>Panes by their start, in minutes since 1970. Equal content is written as equal bytes. Not thread-safe.</summary>
public sealed class PaneSet
{
    private const byte Format = 1;

    private readonly SortedDictionary<long, Pane> _panes = [];

    public IReadOnlyDictionary<long, Pane> Panes => _panes;

    public bool IsEmpty => _panes.Count == 0;

    public Pane Of(long minute)
    {
        if (!_panes.TryGetValue(minute, out var pane))
        {
            _panes.Add(minute, pane = new Pane());
        }

        return pane;
    }

    public void Merge(PaneSet other)
    {
        foreach (var (minute, pane) in other._panes)
        {
            Of(minute).Merge(pane);
        }
    }

    /// <exception cref="InvalidDataException">The text is no pane set of a known format.</exception>
    public void Merge(string base64)
    {
        var reader = new ByteReader(Bytes(base64));
        MergeFrom(ref reader);
    }

    /// <summary>The panes that begin from one minute to before another.</summary>
    public PaneSet Slice(long from, long to)
    {
        var slice = new PaneSet();
        foreach (var (minute, pane) in _panes)
        {
            if (minute >= from && minute < to)
            {
                slice._panes.Add(minute, pane);
            }
        }

        return slice;
    }

    public string ToBase64()
    {
        var writer = new ByteWriter();
        Write(writer);
        return writer.ToBase64();
    }

    internal void Write(ByteWriter writer)
    {
        writer.WriteByte(Format);
        writer.WriteVarint(_panes.Count);
        foreach (var (minute, pane) in _panes)
        {
            writer.WriteZigzag(minute);
            pane.Write(writer);
        }
    }

    internal void MergeFrom(ref ByteReader reader)
    {
        if (reader.ReadByte() != Format)
        {
            throw new InvalidDataException("Not a pane set of a known format.");
        }

        for (var left = reader.ReadCount(); left > 0; left--)
        {
            Of(reader.ReadZigzag()).MergeFrom(ref reader);
        }
    }

    private static byte[] Bytes(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException("A pane set is base64.", exception);
        }
    }
}

namespace Game.Embedded;

/// <summary>Position of an event in its stream.</summary>
public abstract class StreamSequenceToken : IEquatable<StreamSequenceToken?>, IComparable<StreamSequenceToken?>
{
    /// <summary>Rises from one produce call of a stream to the next.</summary>
    public abstract long SequenceNumber { get; protected set; }

    /// <summary>Position within one produce call.</summary>
    public abstract int EventIndex { get; protected set; }

    public abstract bool Equals(StreamSequenceToken? other);

    public abstract int CompareTo(StreamSequenceToken? other);

    public sealed override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => HashCode.Combine(SequenceNumber, EventIndex);
}

/// <summary>Order of stream positions.</summary>
public static class StreamSequenceTokenUtilities
{
    public static bool Newer(this StreamSequenceToken me, StreamSequenceToken other)
    {
        ArgumentNullException.ThrowIfNull(me);
        return me.CompareTo(other) > 0;
    }

    public static bool Older(this StreamSequenceToken me, StreamSequenceToken other)
    {
        ArgumentNullException.ThrowIfNull(me);
        return me.CompareTo(other) < 0;
    }
}

namespace Game.Contracts.Analytics;

/// <summary>
/// A place in a bucket's stream: the token's sequence number (over Kafka the offset in the partition) and the index within it.
/// Rises strictly along the stream; the default is before everything.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.analytics.offset")]
public readonly record struct ActionOffset([property: Id(0)] long Sequence, [property: Id(1)] int Index) : IComparable<ActionOffset>
{
    /// <summary>Before the first action.</summary>
    public static ActionOffset Start => new(-1, 0);

    public int CompareTo(ActionOffset other)
    {
        var bySequence = Sequence.CompareTo(other.Sequence);
        return bySequence != 0 ? bySequence : Index.CompareTo(other.Index);
    }

    public override string ToString() => $"{Sequence}.{Index}";

    public static bool operator <(ActionOffset left, ActionOffset right) => left.CompareTo(right) < 0;

    public static bool operator >(ActionOffset left, ActionOffset right) => left.CompareTo(right) > 0;

    public static bool operator <=(ActionOffset left, ActionOffset right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ActionOffset left, ActionOffset right) => left.CompareTo(right) >= 0;
}

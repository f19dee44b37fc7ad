namespace Game.Embedded;

/// <summary>Identity of a grain: the grain class's type name (lower case, without "Grain") and the key.</summary>
/// <param name="Type">Never contains a slash.</param>
/// <param name="Key">The primary key.</param>
public readonly record struct GrainId(string Type, string Key) : IComparable<GrainId>
{
    public bool IsDefault => Type is null;

    public int CompareTo(GrainId other)
    {
        var byType = string.CompareOrdinal(Type, other.Type);
        return byType != 0 ? byType : string.CompareOrdinal(Key, other.Key);
    }

    public override string ToString() => $"{Type}/{Key}";
}

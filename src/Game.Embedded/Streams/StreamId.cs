namespace Game.Embedded;

/// <summary>Identity of a stream within its provider: a namespace, which may be absent, and a key.</summary>
public readonly struct StreamId : IEquatable<StreamId>, IComparable<StreamId>
{
    private readonly string? _namespace;
    private readonly string _key;

    private StreamId(string? ns, string key)
    {
        _namespace = ns;
        _key = key;
    }

    public static StreamId Create(string? ns, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new StreamId(string.IsNullOrEmpty(ns) ? null : ns, key);
    }

    public static StreamId Create(string? ns, long key) =>
        Create(ns, key.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static StreamId Create(string? ns, Guid key) => Create(ns, key.ToString("N"));

    public string GetKeyAsString() => _key;

    public string? GetNamespace() => _namespace;

    public bool Equals(StreamId other) => _key == other._key && _namespace == other._namespace;

    public override bool Equals(object? obj) => obj is StreamId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_namespace, _key);

    public int CompareTo(StreamId other)
    {
        var byNamespace = string.CompareOrdinal(_namespace, other._namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(_key, other._key);
    }

    public override string ToString() => $"{_namespace ?? "null"}/{_key}";

    public static bool operator ==(StreamId left, StreamId right) => left.Equals(right);

    public static bool operator !=(StreamId left, StreamId right) => !left.Equals(right);
}

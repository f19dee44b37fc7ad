namespace Game.Domain;

/// <summary>Orders entity ids by the ULID, which begins with the time, latest first; the shard only breaks ties.</summary>
internal sealed class NewestFirst : IComparer<string>
{
    public static readonly NewestFirst Instance = new();

    public int Compare(string? x, string? y)
    {
        var byTime = string.CompareOrdinal(UlidOf(y!), UlidOf(x!));
        return byTime != 0 ? byTime : string.CompareOrdinal(y, x);
    }

    private static string UlidOf(string id) => id[(id.IndexOf('.', StringComparison.Ordinal) + 1)..];
}

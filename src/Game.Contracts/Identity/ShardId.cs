namespace Game.Contracts.Identity;

/// <summary>Names of shards: <c>[a-z0-9-]{1,32}</c>, by custom <c>s01</c> to <c>s100</c>.</summary>
public static class ShardId
{
    public const int MaxLength = 32;

    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The customary name of the shard with this 1-based number: s01 … s99, s100.</summary>
    public static string Numbered(int number) => $"s{number:00}";
}

using Game.Contracts.Identity;

namespace Game.Domain.Presence;

/// <summary>How players are dealt to buckets, and how they stand in a digest. The same on every shard.</summary>
public static class PresenceBuckets
{
    public const int Least = 16;

    /// <summary>About how many players one bucket may hold.</summary>
    private const int Wanted = 500;

    /// <summary>A power of two, so that it seldom changes.</summary>
    public static int CountFor(int players)
    {
        var buckets = Least;
        while (buckets * Wanted < players)
        {
            buckets *= 2;
        }

        return buckets;
    }

    /// <summary>FNV-1a over the ULID.</summary>
    public static int Of(string ulid, int buckets)
    {
        var hash = 2166136261u;
        foreach (var c in ulid)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)(hash % (uint)buckets);
    }

    public static string Join(IEnumerable<string> ulids) => string.Concat(ulids);

    /// <summary>What is no ULID is left out.</summary>
    public static IEnumerable<string> Split(string joined)
    {
        for (var at = 0; at + Ulid.Length <= joined.Length; at += Ulid.Length)
        {
            if (Ulid.IsValid(joined.AsSpan(at, Ulid.Length)))
            {
                yield return joined.Substring(at, Ulid.Length);
            }
        }
    }
}

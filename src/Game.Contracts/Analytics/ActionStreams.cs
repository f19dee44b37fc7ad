using Game.Contracts.Identity;

namespace Game.Contracts.Analytics;

/// <summary>
/// The stream of player actions. A stream is a bucket of players, so that what one player does stays in order and one
/// aggregator has all of it. Changing the number of buckets moves players to others: their memory (sessions, baselines) starts
/// anew there, counts do not suffer.
/// </summary>
public static class ActionStreams
{
    public const string Namespace = "player_actions";

    /// <summary>Buckets of a shard.</summary>
    public const int Buckets = 16;

    /// <summary>The bucket of a player, <c>{homeShard}-{00..15}</c>: the stream's key.</summary>
    public static string BucketOf(string player) => BucketOf(EntityId.ShardOf(player), (int)(Hash(player) % Buckets));

    public static string BucketOf(string shard, int number) => $"{shard}-{number:00}";

    /// <summary>FNV-1a, 32 bits: the same in every process and build.</summary>
    private static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }
}

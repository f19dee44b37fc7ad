namespace Game.Grains;

/// <summary>
/// Keys of grains as the silo knows them: <c>{shard}/{key}</c>. A silo hosts grains of several shards side by side; within a shard a
/// grain is known by its key alone.
/// </summary>
public static class ShardKey
{
    private const char Separator = '/';

    public static string Of(string shard, string key) => $"{shard}{Separator}{key}";

    /// <exception cref="ArgumentException">The key names no shard.</exception>
    public static (string Shard, string Key) Split(string grainKey)
    {
        var end = grainKey.IndexOf(Separator, StringComparison.Ordinal);
        return end < 1
            ? throw new ArgumentException($"'{grainKey}' names no shard: a grain's key is {{shard}}/{{key}}.", nameof(grainKey))
            : (grainKey[..end], grainKey[(end + 1)..]);
    }

    /// <summary>Whether a grain is one of a shard.</summary>
    public static bool IsOf(string shard, GrainId grain)
    {
        var key = grain.Key.AsSpan();
        return key.Length > shard.Length
            && key[shard.Length] == (byte)Separator
            && System.Text.Encoding.UTF8.GetString(key[..shard.Length]) == shard;
    }
}

namespace Game.Silo.Settings;

/// <summary>One topic.</summary>
public sealed class KafkaTopicSettings
{
    /// <summary>Partitions of each shard, 1–64: the topic has as many times the shards of the game. Never lowered.</summary>
    public int PartitionsPerShard { get; set; } = 4;

    /// <summary>How long records are kept, 1–876000 h; 0: for ever.</summary>
    public int RetentionHours { get; set; } = 24 * 7;

    internal IEnumerable<string> Validate(string path)
    {
        if (PartitionsPerShard is < 1 or > 64)
        {
            yield return $"{path}:PartitionsPerShard: must be 1 to 64, not {PartitionsPerShard}.";
        }

        if (RetentionHours is < 0 or > 876_000)
        {
            yield return $"{path}:RetentionHours: must be 0 (for ever) to 876000, not {RetentionHours}.";
        }
    }
}

namespace Game.Grains.Relay;

/// <summary>Which partitions of the topic hold the log of a shard. The same for writers and readers, for as long as the topic is in use.</summary>
public interface IEventPlaces
{
    /// <summary>Where events of a stream are.</summary>
    /// <exception cref="ArgumentException">No such shard.</exception>
    int PartitionOf(string shard, string stream);

    /// <summary>Whether a partition holds events of a shard.</summary>
    bool Owns(string shard, int partition);
}

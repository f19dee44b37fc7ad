using System.Text;
using Game.Grains.Relay;
using Game.Streaming.Kafka;

namespace Game.Grains.Streams;

/// <summary>
/// Which partitions of a topic are whose: each shard has a block of them, in the order of the shards, so that a new shard takes new
/// partitions and nothing moves. A stream lives in the block of the shard that its key names. Immutable.
/// </summary>
/// <param name="shards">All shards of the game, in order.</param>
/// <param name="perShard">Partitions of a block.</param>
public sealed class ShardPartitions(IReadOnlyList<string> shards, int perShard) : IEventPlaces
{
    public int Count => shards.Count * perShard;

    /// <summary>The partition of a stream; a key that names no shard may be in any.</summary>
    public int PartitionOf(string key)
    {
        var (shard, bytes) = (IndexOf(ShardOf(key)), Encoding.UTF8.GetBytes(key));
        return shard < 0
            ? Partitioner.PartitionOf(bytes, Count)
            : (shard * perShard) + Partitioner.PartitionOf(bytes, perShard);
    }

    /// <summary>The partition of what a shard holds under a key, whatever the key names: in the shard's block.</summary>
    public int PartitionOf(string shard, string key)
    {
        var index = IndexOf(shard);
        return index < 0
            ? throw new ArgumentException($"{shard} is no shard of the game.", nameof(shard))
            : (index * perShard) + Partitioner.PartitionOf(Encoding.UTF8.GetBytes(key), perShard);
    }

    public bool Owns(string shard, int partition) => partition / perShard == IndexOf(shard);

    /// <summary>Whose block a partition lies in.</summary>
    public string OwnerOf(int partition) => shards[partition / perShard];

    /// <summary><c>s01</c>, <c>s01-07</c>, <c>s01.{ulid}</c> and <c>guild/s01.{ulid}</c> are of s01.</summary>
    private static ReadOnlySpan<char> ShardOf(string key)
    {
        var id = key.AsSpan(key.LastIndexOf('/') + 1);
        var end = id.IndexOfAny('.', '-');
        return end < 0 ? id : id[..end];
    }

    private int IndexOf(ReadOnlySpan<char> shard)
    {
        for (var i = 0; i < shards.Count; i++)
        {
            if (shard.SequenceEqual(shards[i]))
            {
                return i;
            }
        }

        return -1;
    }
}

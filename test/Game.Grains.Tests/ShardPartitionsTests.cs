using Game.Contracts.Identity;
using Game.Grains.Streams;

namespace Game.Grains.Tests;

public sealed class ShardPartitionsTests
{
    private static readonly string[] Three = [.. Enumerable.Range(1, 3).Select(ShardId.Numbered)];
    private static readonly string[] Four = [.. Enumerable.Range(1, 4).Select(ShardId.Numbered)];

    [Theory]
    [InlineData("s02")]
    [InlineData("s02-07")]
    [InlineData("s02.01HZX3J9T8W6Y5V4R3Q2P1N0M7")]
    [InlineData("guild/s02.01HZX3J9T8W6Y5V4R3Q2P1N0M7")]
    public void A_stream_lives_in_the_block_of_the_shard_its_key_names(string key)
    {
        var partition = new ShardPartitions(Three, 4).PartitionOf(key);
        Assert.InRange(partition, 4, 7);
        Assert.Equal(["s02"], Three.Where(shard => new ShardPartitions(Three, 4).Owns(shard, partition)));
    }

    [Fact]
    public void Every_partition_is_one_shards_and_keys_spread_over_its_block()
    {
        var partitions = new ShardPartitions(Three, 4);
        Assert.Equal(12, partitions.Count);
        Assert.All(Enumerable.Range(0, 12), partition => Assert.Single(Three, shard => partitions.Owns(shard, partition)));
        Assert.Equal([8, 9, 10, 11], Enumerable.Range(0, 50).Select(i => partitions.PartitionOf($"s03-{i:00}")).Distinct().Order());
        Assert.Equal(12, Enumerable.Range(0, 500).Select(i => partitions.PartitionOf($"no shard {i}")).Distinct().Count());
    }

    [Fact]
    public void A_shard_more_moves_no_stream()
    {
        var keys = Enumerable.Range(0, 100).Select(i => $"s{(i % 3) + 1:00}-{i:00}").ToList();
        Assert.Equal(keys.Select(new ShardPartitions(Three, 4).PartitionOf), keys.Select(new ShardPartitions(Four, 4).PartitionOf));
    }
}

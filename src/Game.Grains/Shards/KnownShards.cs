using Game.Contracts.Shards;

namespace Game.Grains.Shards;

/// <summary>The shards of the game as this one knows them now, those added since it was configured included. Safe for concurrent use.</summary>
public sealed class KnownShards(IGrainFactory grains, ShardIdentity shard)
{
    public async Task<IReadOnlyList<string>> GetAsync() => (await grains.GetGrain<IShardRegistryGrain>(shard.Name).GetAsync()).Shards;

    public async ValueTask<bool> ContainsAsync(string name) => shard.Configured.Contains(name) || (await GetAsync()).Contains(name);
}

using Game.Contracts.Identity;
using Game.Gateway.Http;

namespace Game.Gateway;

/// <summary>Finds the cluster an aggregate lives in. Safe for concurrent use.</summary>
internal sealed class ShardRouter(IShardDirectory shards)
{
    public IReadOnlyList<string> All => shards.All;

    public string Default => shards.Shards[0];

    public bool IsStoreFailure(Exception exception) => shards.IsStoreFailure(exception);

    public bool Serves(string shard) => shards.All.Contains(shard);

    /// <summary>Why an identifier already known to be well formed cannot be served here, or null.</summary>
    public Problem? CheckServed(string id)
    {
        var shard = EntityId.ShardOf(id);
        return Serves(shard) ? null : Problem.ShardNotServed(shard);
    }

    /// <exception cref="InvalidOperationException">The shard is not served; callers have checked.</exception>
    /// <exception cref="OrleansException">It cannot be reached now.</exception>
    public IGrainFactory On(string shard) =>
        shards.TryGet(shard, out var grains) ? grains : throw new InvalidOperationException($"Shard {shard} is not served here.");

    /// <summary>An aggregate on its home shard.</summary>
    public TGrain Home<TGrain>(string id)
        where TGrain : IGrainWithStringKey => On(EntityId.ShardOf(id)).GetGrain<TGrain>(id);
}

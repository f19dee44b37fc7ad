namespace Game.Hosting;

/// <summary>Shards that other processes run, reached as a client of their clusters. Safe for concurrent use.</summary>
public interface IRemoteShards : IAsyncDisposable
{
    /// <summary>The shard's grains. The first call for a shard begins to connect.</summary>
    /// <exception cref="OrleansException">Not connected yet, or the shard cannot be reached: ask again.</exception>
    IGrainFactory Get(string shard);
}

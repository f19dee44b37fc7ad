namespace Game.Grains.Hosting;

/// <summary>Shards that other processes run, reached as a client of their clusters. Safe for concurrent use.</summary>
public interface IRemoteShards : IAsyncDisposable
{
    /// <summary>
    /// The shard's grains. The first call for a shard begins to connect; grain calls wait a few seconds for that and fail with
    /// an <see cref="OrleansException"/> if the shard cannot be reached.
    /// </summary>
    IGrainFactory Get(string shard);
}

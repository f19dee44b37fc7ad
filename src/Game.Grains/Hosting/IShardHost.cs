namespace Game.Grains.Hosting;

/// <summary>A running shard. Disposing takes it off the bus, lets its grains finish and stops its silo.</summary>
public interface IShardHost : IAsyncDisposable
{
    string Shard { get; }

    /// <summary>Calls the shard's grains; safe for concurrent use.</summary>
    IGrainFactory Grains { get; }

    ShardTraffic Traffic { get; }
}

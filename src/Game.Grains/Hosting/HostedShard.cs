using Microsoft.Extensions.DependencyInjection;

namespace Game.Grains.Hosting;

/// <summary>
/// One of the shards that a silo hosts, and the services of its grains: its store, bus, identity, settings and clock. Safe for
/// concurrent use. Disposing ends what was made for the shard; store and bus stay their owner's.
/// </summary>
public sealed class HostedShard : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="options">What the shard is made of.</param>
    /// <param name="silo">Knows the grains of all shards of the silo.</param>
    public HostedShard(ShardHostOptions options, IGrainFactory silo)
    {
        Name = options.Shard.Name;
        Grains = new ShardGrainFactory(Name, silo);
        _services = new ServiceCollection().AddSingleton(Grains).AddShard(options).BuildServiceProvider();
        Traffic = _services.GetRequiredService<ShardTraffic>();
    }

    public string Name { get; }

    /// <summary>Calls the shard's grains.</summary>
    public IGrainFactory Grains { get; }

    public ShardTraffic Traffic { get; }

    /// <summary>Makes a grain of this shard, in the context of its activation.</summary>
    /// <param name="create">Makes a grain of its class.</param>
    /// <param name="key">The grain's key within the shard.</param>
    internal ShardGrain Create(ObjectFactory create, string key)
    {
        var grain = (ShardGrain)create(_services, null);
        grain.Join(key, Grains);
        return grain;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Game.Grains.Hosting;

/// <summary>The shards of a silo. Safe for concurrent use; disposing ends what was made for them.</summary>
public sealed class HostedShards : IAsyncDisposable
{
    /// <summary>Compiled once a class for the whole process: they know nothing of a shard or a silo.</summary>
    private static readonly ConcurrentDictionary<Type, ObjectFactory> Factories = new();

    private readonly Dictionary<string, HostedShard> _shards;

    /// <param name="shards">What each is made of; names differ.</param>
    /// <param name="silo">Knows the grains of all of them.</param>
    public HostedShards(IEnumerable<ShardHostOptions> shards, IGrainFactory silo)
    {
        All = [.. shards.Select(options => new HostedShard(options, silo))];
        _shards = All.ToDictionary(shard => shard.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<HostedShard> All { get; }

    /// <summary>The shard of a name.</summary>
    /// <exception cref="ArgumentException">The silo hosts none such.</exception>
    public HostedShard this[string shard] => _shards.TryGetValue(shard, out var found)
        ? found
        : throw new ArgumentException($"This silo does not host shard '{shard}'.", nameof(shard));

    /// <summary>Makes a grain in the context of its activation.</summary>
    /// <param name="grainClass">Derives from <see cref="ShardGrain"/>.</param>
    /// <param name="grain">Whose key names the shard.</param>
    /// <exception cref="ArgumentException">Its key names no shard of this silo.</exception>
    public ShardGrain Create(Type grainClass, GrainId grain)
    {
        var (shard, key) = ShardKey.Split(grain.Key.ToString()!);
        return this[shard].Create(
            Factories.GetOrAdd(grainClass, static type => ActivatorUtilities.CreateFactory(type, Type.EmptyTypes)), key);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var shard in All)
        {
            await shard.DisposeAsync();
        }
    }
}

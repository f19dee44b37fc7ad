using System.Diagnostics.CodeAnalysis;

namespace Game.Gateway;

/// <summary>The shards that the gateway serves: those of its process, and those it reaches in others. Safe for concurrent use; never changes while the gateway runs.</summary>
public interface IShardDirectory
{
    /// <summary>Those of this process: at least one, in order; the first is where who names none registers.</summary>
    IReadOnlyList<string> Shards { get; }

    /// <summary>All it serves, in order.</summary>
    IReadOnlyList<string> All { get; }

    /// <summary>
    /// A silo of a shard of this process is gone, and with it what its grains held in memory only. Raised on any thread; handlers
    /// return at once.
    /// </summary>
    event Action? SiloLost;

    /// <summary>Whether a grain could not do what it was asked because its shard's store is away.</summary>
    bool IsStoreFailure(Exception exception);

    /// <exception cref="OrleansException">It is served, but cannot be reached now.</exception>
    bool TryGet(string shard, [MaybeNullWhen(false)] out IGrainFactory grains);
}

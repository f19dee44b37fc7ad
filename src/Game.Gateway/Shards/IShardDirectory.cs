using System.Diagnostics.CodeAnalysis;

namespace Game.Gateway;

/// <summary>The shards that this process serves. Safe for concurrent use; never changes while the gateway runs.</summary>
public interface IShardDirectory
{
    /// <summary>At least one, in order; the first is where who names none registers.</summary>
    IReadOnlyList<string> Shards { get; }

    bool TryGet(string shard, [MaybeNullWhen(false)] out IGrainFactory grains);
}

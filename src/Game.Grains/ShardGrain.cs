namespace Game.Grains;

/// <summary>
/// A grain of one of the shards that its silo hosts. Constructor parameters, <see cref="GrainFactory"/> and <see cref="Key"/> are its
/// shard's: another shard's services and grains cannot be reached.
/// </summary>
public abstract class ShardGrain : Grain
{
    private IGrainFactory? _grains;

    /// <summary>The grain's key within its shard. Not there yet in the constructor.</summary>
    protected string Key { get; private set; } = "";

    /// <summary>The grains of this grain's shard. Not there yet in the constructor.</summary>
    protected new IGrainFactory GrainFactory => _grains ?? throw new InvalidOperationException($"{GetType().Name} belongs to no shard yet.");

    /// <summary>Called by whoever hosts the grain, before anything else is.</summary>
    internal void Join(string key, IGrainFactory grains) => (Key, _grains) = (key, grains);
}

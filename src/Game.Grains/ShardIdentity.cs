namespace Game.Grains;

/// <summary>
/// Which shard this silo belongs to, and the shards of the game that its settings name (itself included), in order. Others may
/// have been added since: <see cref="Contracts.Shards.IShardRegistryGrain"/> knows all.
/// </summary>
public sealed record ShardIdentity(string Name, IReadOnlyList<string> Configured);

namespace Game.Grains;

/// <summary>Which shard this silo belongs to, and all shards of the game (itself included), in order.</summary>
public sealed record ShardIdentity(string Name, IReadOnlyList<string> All);

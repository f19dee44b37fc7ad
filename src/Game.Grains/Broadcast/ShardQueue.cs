using Game.Broadcast;

namespace Game.Grains.Broadcast;

/// <summary>A queue of a shard.</summary>
/// <param name="Route">The exchange its messages come from.</param>
/// <param name="Declaration">What the bus is told of it.</param>
/// <param name="HasChains">Whether messages of chains come here, and are sent here again when they were missed.</param>
public sealed record ShardQueue(string Route, QueueDeclaration Declaration, bool HasChains = false)
{
    public string Name => Declaration.Name;
}

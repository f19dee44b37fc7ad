using Game.Broadcast;

namespace Game.Grains.Broadcast;

/// <summary>A queue of a shard.</summary>
/// <param name="Declaration">What the bus is told of it.</param>
/// <param name="HasChains">Whether messages of chains come here, and are sent here again when they were missed.</param>
public sealed record ShardQueue(QueueDeclaration Declaration, bool HasChains = false)
{
    public string Name => Declaration.Name;
}

using Game.Contracts;
using Game.Contracts.Broadcast;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;
using Game.Grains.Relay;

namespace Game.Grains.Hosting;

/// <summary>Wakes those who read a shard's log: the publishers of the routes that are concerned, and the relay.</summary>
internal sealed class LogReaders(EventRelay relay) : ICommitListener
{
    public void OnCommitted(IReadOnlyList<GameEvent> facts, IGrainFactory grains)
    {
        foreach (var route in BroadcastRoutes.RoutesOf(facts))
        {
            _ = grains.GetGrain<IBroadcastPublisherGrain>(route).WakeAsync();
        }

        relay.Hint(grains);
    }
}

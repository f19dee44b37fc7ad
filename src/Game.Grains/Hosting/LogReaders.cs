using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Contracts.Broadcast;
using Game.Grains.Analytics;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;
using Game.Grains.LogPumps;
using Game.Grains.Relay;

namespace Game.Grains.Hosting;

/// <summary>Wakes those who read a shard's log: the publishers of the routes that are concerned, and the relays.</summary>
internal sealed class LogReaders(EventRelay relay, ShardIdentity shard, AnalyticsOptions analytics, TimeProvider clock) : ICommitListener
{
    // Nobody waits for an action to be counted: a second's are told together.
    private readonly HintPace _actions = new(clock, TimeSpan.FromSeconds(1));

    public void OnCommitted(IReadOnlyList<GameEvent> facts, IGrainFactory grains)
    {
        foreach (var route in BroadcastRoutes.RoutesOf(facts))
        {
            _ = grains.GetGrain<IBroadcastPublisherGrain>(route).WakeAsync();
        }

        relay.Hint(grains);
        if (analytics.TellsLog && _actions.TryTake())
        {
            _ = grains.GetGrain<IActionRelayGrain>(shard.Name).WakeAsync();
        }
    }
}

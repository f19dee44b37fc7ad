using Game.Broadcast;
using Game.Domain.Leaderboards;
using Game.EventStore;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;
using Game.Grains.Leaderboards;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Game.Grains;

/// <summary>What the grains of a shard need from their silo's container, whatever the host.</summary>
public static class ShardServices
{
    public static IServiceCollection AddShard(
        this IServiceCollection services,
        ShardIdentity shard,
        IEventStore store,
        IBroadcastBus bus,
        IEnumerable<LeaderboardDefinition> boards)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(shard);
        services.AddSingleton(store);
        services.AddSingleton(bus);
        services.AddSingleton(new LeaderboardCatalog(boards));
        services.AddSingleton(EventCodec.ForGame());
        services.AddSingleton<EventSourcingServices>();
        services.AddSingleton<InboxRules>();
        services.AddSingleton<ShardInbox>();
        services.AddSingleton<ShardTraffic>();
        return services;
    }
}

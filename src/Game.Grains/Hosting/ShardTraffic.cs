using Game.Contracts.Analytics;
using Game.Contracts.Broadcast;
using Game.Contracts.Leaderboards;
using Game.Contracts.Shards;
using Game.Contracts.WorldEvents;
using Game.EventStore;
using Game.Grains.Broadcast;
using Game.Grains.Leaderboards;
using Game.Grains.Relay;
using Game.Grains.WorldEvents;

namespace Game.Grains.Hosting;

/// <summary>
/// Connects a shard to the bus once its silo is up, and takes it off before the silo goes down. Not thread-safe: the
/// host's start and stop call it.
/// </summary>
public sealed class ShardTraffic(
    ShardInbox inbox, LeaderboardCatalog boards, EventRelay relay, IGrainFactory grains, ShardIdentity shard, WorldEventSchedules events)
{
    /// <summary>
    /// Declares the shard's queues. Of several shards that start together all declare before the first one starts, so that
    /// none misses what another sends.
    /// </summary>
    public Task DeclareAsync(CancellationToken cancellationToken) => inbox.DeclareAsync(cancellationToken);

    /// <summary>
    /// Consumes the queues, makes the shard known to the others, and sets the publishers to work on what the log still holds.
    /// </summary>
    /// <exception cref="EventStoreException">The store is away: the shard must not run without publishers, or unknown.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await grains.GetGrain<IBroadcastInboxGrain>(shard.Name).StartAsync();
        await inbox.StartAsync(cancellationToken);
        var announced = await grains.GetGrain<IShardRegistryGrain>(shard.Name).AnnounceAsync();
        if (announced.Refusal is { } refusal)
        {
            throw new EventStoreException($"Shard {shard.Name} cannot make itself known: {refusal.Detail}");
        }

        foreach (var route in BroadcastRoutes.All)
        {
            // A wake is one-way and would not tell that the publisher cannot start.
            var publisher = grains.GetGrain<IBroadcastPublisherGrain>(route);
            await publisher.GetStatusAsync();
            await publisher.WakeAsync();
        }

        if (relay.Sink is { } sink)
        {
            await grains.GetGrain<IEventRelayGrain>(sink.Name).GetStatusAsync();
        }

        await grains.GetGrain<IActionRelayGrain>(shard.Name).GetStatusAsync();
        await grains.GetGrain<IRecomputeGrain>(shard.Name).GetStatusAsync();
        foreach (var board in boards.Boards)
        {
            // A hint: the grain's reminder wakes it otherwise.
            await grains.GetGrain<IRankingGrain>(board.Id).WakeAsync();
        }

        await grains.GetGrain<IWorldEventDirectoryGrain>(shard.Name).WakeAsync();
        if (events.CoordinatedBy(shard))
        {
            await grains.GetGrain<IWorldEventCalendarGrain>(shard.Name).PlanAsync();
        }
    }

    /// <summary>Stops taking messages; those under way are finished first.</summary>
    public ValueTask StopAsync() => inbox.DisposeAsync();
}

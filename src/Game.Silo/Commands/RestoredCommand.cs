using Game.Broadcast.RabbitMq;
using Game.EventStore.Postgres;
using Game.Grains.Broadcast;
using Game.Grains.Broadcast.Chains;
using Game.Silo.Settings;

namespace Game.Silo.Commands;

/// <summary>
/// Makes shards whose databases were restored to an earlier moment fit to run again, while no silo of theirs runs. What lies in
/// their queues comes from a time that no longer was, or will be sent again: it is thrown away, and what the restored logs
/// hold of the last hours is published again. Receivers know what they have seen.
/// </summary>
internal static class RestoredCommand
{
    /// <param name="settings">Of a cluster.</param>
    /// <param name="hours">How far before the last event of a log it is published again.</param>
    /// <param name="neighbour">The shards were not restored themselves: they only send again what a restored one may have lost.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StartupException">The profile has no databases or no broker, or silos run.</exception>
    public static async Task<int> RunAsync(SiloSettings settings, double hours, bool neighbour, CancellationToken cancellationToken)
    {
        if (!settings.Postgres.IsUsed || !settings.RabbitMq.IsUsed)
        {
            throw new StartupException("Postgres:ConnectionString and RabbitMq:Uri must be set: only shards of a cluster are restored this way.");
        }

        foreach (var shard in settings.OwnShards)
        {
            if (await PostgresRestore.FindSilosAsync(settings.Postgres.Of(shard), cancellationToken) is { Count: > 0 } running)
            {
                throw new StartupException($"Shard {shard} is running ({string.Join(", ", running)}): stop its silos first, and wait a minute after a crash.");
            }
        }

        using var loggers = LoggerFactory.Create(SiloLog.Configure);
        var options = new RabbitMqOptions { Nodes = settings.RabbitMq.Nodes, ClientName = "game restored" };
        await using var bus = await RabbitMqBus.OpenAsync(options, TimeProvider.System, loggers.CreateLogger<RabbitMqBus>(), cancellationToken);
        foreach (var shard in settings.OwnShards)
        {
            var database = settings.Postgres.Of(shard);
            var purged = 0L;
            if (!neighbour)
            {
                await PostgresRestore.SkipPositionsAsync(database, cancellationToken);
                foreach (var queue in ShardQueues.Of(shard).Concat(ShardQueues.FormerOf(shard)))
                {
                    purged += await bus.PurgeAsync(queue.Name, cancellationToken);
                }
            }

            var after = await PostgresRestore.RewindCursorsAsync(database, BroadcastRoutes.Cursors, TimeSpan.FromHours(hours), cancellationToken);
            await using (var store = await PostgresEventStore.OpenAsync(database, cancellationToken))
            {
                foreach (var route in BroadcastRoutes.All)
                {
                    await ChainRewind.RewindAsync(store, route, after, DateTimeOffset.UtcNow, cancellationToken);
                }
            }

            Console.WriteLine($"shard {shard}: publishes again what its log holds after position {after}; {purged} messages of its queues thrown away");
        }

        return 0;
    }
}

using Game.Contracts.Analytics;
using Game.Grains.Analytics;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;
using Game.Grains.Leaderboards;
using Game.Grains.Relay;
using Game.Grains.Shards;
using Game.Grains.WorldEvents;
using Game.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Hosting;

/// <summary>What the grains of a shard are made of.</summary>
public static class ShardServices
{
    /// <summary>The shards of a silo, in the silo's own container.</summary>
    public static IServiceCollection AddShards(this IServiceCollection services, IReadOnlyList<ShardHostOptions> shards) =>
        services.AddSingleton(silo => new HostedShards(shards, silo.GetRequiredService<IGrainFactory>()));

    /// <summary>The services of one shard, in a container of their own.</summary>
    internal static IServiceCollection AddShard(this IServiceCollection services, ShardHostOptions options)
    {
        services.AddSingleton(options.LoggerFactory);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(options.Clock);
        services.AddSingleton(options.Shard);
        services.AddSingleton(options.Store);
        services.AddSingleton(options.Bus);
        services.AddSingleton(new LeaderboardCatalog(options.Boards));
        services.AddSingleton(options.ChatFilter);
        services.AddSingleton(options.Presence);
        services.AddSingleton(new WorldEventSchedules(options.WorldEvents));
        services.AddSingleton(EventCodec.ForGame());
        services.AddSingleton(new EventRelay(options.EventSink, options.Clock));
        services.AddSingleton<ICommitListener, LogReaders>();
        services.AddSingleton<EventSourcingServices>();
        services.AddSingleton<KnownShards>();
        services.AddSingleton<InboxRules>();
        services.AddSingleton<ShardInbox>();
        services.AddSingleton<ShardTraffic>();
        services.AddSingleton(options.Analytics with
        {
            KeepsStreams = options.Analytics.KeepsStreams || options.Streams is not null,
            History = options.Analytics.History ?? HistoryOf(options),
        });
        services.AddSingleton<AnalyticsMetrics>();
        services.AddSingleton<IPlayerActionSink, StreamActionSink>();
        return services;
    }

    private static KafkaActionHistory? HistoryOf(ShardHostOptions options)
    {
        if (options.Streams is not { } setUp)
        {
            return null;
        }

        var streams = new KafkaStreamOptions();
        setUp(streams);
        return streams.Topics.Any(topic => topic.Name == ActionStreams.Namespace)
            ? new KafkaActionHistory(streams, options.Clock, options.LoggerFactory.CreateLogger<PartitionReader>())
            : null;
    }
}

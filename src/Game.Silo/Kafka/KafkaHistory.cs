using Game.Contracts.Streams;
using Game.Grains.Relay;
using Game.Grains.Streams;
using Game.Silo.Settings;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Silo.Kafka;

/// <summary>The shards' logs as Kafka holds them, for commands.</summary>
internal static class KafkaHistory
{
    /// <summary>Where the shards' events are in the topic.</summary>
    public static IEventPlaces PlacesOf(SiloSettings settings) => new ShardPartitions(settings.AllShards, settings.Kafka.Topics.GameEvents.PartitionsPerShard);

    /// <exception cref="StartupException">The settings name no Kafka, or the key for private events cannot be used.</exception>
    public static PublishedLog Of(SiloSettings settings) => settings.Kafka.IsUsed
        ? new PublishedLog(
            new TopicScan(settings.Kafka.ToOptions("game history"), TimeProvider.System, NullLogger<PartitionReader>.Instance),
            new EventRecordCodec(StreamTopics.GameEvents, SealKey.Load(settings)),
            PlacesOf(settings))
        : throw new StartupException("Kafka:BootstrapServers is not set (GAME__Kafka__BootstrapServers): there is no Kafka to read from.");
}

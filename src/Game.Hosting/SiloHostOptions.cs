using Game.Grains.Hosting;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging;

namespace Game.Hosting;

/// <summary>What a silo is made of, and the shards it hosts.</summary>
public sealed record SiloHostOptions
{
    /// <summary>One or more, with different names. All silos of a cluster host the same.</summary>
    public required IReadOnlyList<ShardHostOptions> Shards { get; init; }

    /// <summary>The silos of other processes that host the shards too; null: this process alone does.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>Sets up the streams of <see cref="Contracts.Streams.StreamProviders.Kafka"/> for all shards; null: they are kept in memory.</summary>
    public Action<KafkaStreamOptions>? Streams { get; init; }

    /// <summary>A call without an answer after this long fails.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An activation not used for this long is collected.</summary>
    public TimeSpan CollectionAge { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What the dashboard may measure; null: there is none. The same on all silos of the cluster.</summary>
    public DashboardSampling? Dashboard { get; init; }

    /// <summary>Whether calls carry the trace they belong to; costs each of them a little.</summary>
    public bool Tracing { get; init; }

    /// <summary>Called when a silo of the cluster is gone, on any thread; returns at once.</summary>
    public Action? OnSiloLost { get; init; }

    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>A silo that hosts one shard and stands alone.</summary>
    public static SiloHostOptions Of(ShardHostOptions shard) => new()
    {
        Shards = [shard],
        Streams = shard.Streams,
        LoggerFactory = shard.LoggerFactory,
    };
}

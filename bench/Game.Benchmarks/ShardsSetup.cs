using Game.Broadcast;
using Game.LocalServers;
using Game.Streaming.Kafka;

namespace Game.Benchmarks;

/// <summary>What shards a benchmark needs.</summary>
internal sealed record ShardsSetup
{
    public int Count { get; init; } = 1;

    /// <summary>Makes the bus that joins them, disposed with them; null: the durable in-process bus.</summary>
    public Func<CancellationToken, Task<IBroadcastBus>>? OpenBus { get; init; }

    /// <summary>Put around the bus, to watch it.</summary>
    public Func<IBroadcastBus, IBroadcastBus>? WrapBus { get; init; }

    /// <summary>Whether the shards' publishers and inboxes run. Without, a shard is its grains and its store alone.</summary>
    public bool Traffic { get; init; } = true;

    /// <summary>Where each shard has a database; null: an SQLite file each.</summary>
    public PostgresServer? Server { get; init; }

    /// <summary>Silos a shard, which meet in its database; more than one only with <see cref="Server"/>.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>The dashboard as deployments have it.</summary>
    public bool Dashboard { get; init; }

    /// <summary>Streams over Kafka; null: in memory.</summary>
    public Action<KafkaStreamOptions>? Streams { get; init; }
}

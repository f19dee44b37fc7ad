using Microsoft.Extensions.Logging;

namespace Game.Hosting;

/// <summary>How clusters of other shards are found: each in the database of the first of its shards.</summary>
public sealed record RemoteShardOptions
{
    public required string ClusterId { get; init; }

    /// <summary>A shard's PostgreSQL database.</summary>
    public required Func<string, string> ConnectionStringOf { get; init; }

    /// <summary>The first shard of the cluster that hosts a shard: the shard itself where each has a cluster of its own.</summary>
    public Func<string, string> ClusterOf { get; init; } = static shard => shard;

    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc cref="SiloHostOptions.Tracing"/>
    public bool Tracing { get; init; }

    public required ILoggerFactory LoggerFactory { get; init; }
}

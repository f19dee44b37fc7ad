using Microsoft.Extensions.Logging;

namespace Game.Grains.Hosting;

/// <summary>How clusters of other shards are found: each in its shard's database.</summary>
public sealed record RemoteShardOptions
{
    public required string ClusterId { get; init; }

    /// <summary>A shard's PostgreSQL database.</summary>
    public required Func<string, string> ConnectionStringOf { get; init; }

    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc cref="ShardHostOptions.Tracing"/>
    public bool Tracing { get; init; }

    public required ILoggerFactory LoggerFactory { get; init; }
}

using Microsoft.Extensions.Logging;

namespace Game.Grains.Hosting;

/// <summary>How clusters of other shards are found: each in its shard's database.</summary>
public sealed record RemoteShardOptions
{
    public required string ClusterId { get; init; }

    /// <summary>A shard's PostgreSQL database.</summary>
    public required Func<string, string> ConnectionStringOf { get; init; }

    /// <summary>How long a grain call waits for a connection that is being made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public required ILoggerFactory LoggerFactory { get; init; }
}

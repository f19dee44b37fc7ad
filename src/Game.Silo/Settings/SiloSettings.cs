using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;
using Game.Gateway;

namespace Game.Silo.Settings;

/// <summary>
/// Everything that can be set, read from <c>silo-config/{profile}.json</c>, then the environment
/// (<c>GAME__Section__Key</c>), then flags.
/// </summary>
public sealed class SiloSettings
{
    private const int MaxShards = 200;

    /// <summary>Folder for everything durable. Relative to the working directory.</summary>
    public string Data { get; set; } = "data";

    /// <summary>Number of shards of the game, 1–200; they are named s01, s02, …</summary>
    public int ShardCount { get; set; } = 3;

    /// <summary>The shards this process runs; empty: all.</summary>
    public List<string> Shards { get; set; } = [];

    public PostgresSettings Postgres { get; set; } = new();

    public RabbitMqSettings RabbitMq { get; set; } = new();

    public KafkaSettings Kafka { get; set; } = new();

    public RouterSettings Router { get; set; } = new();

    public ClusterSettings Cluster { get; set; } = new();

    public GrainSettings Grains { get; set; } = new();

    public DashboardSettings Dashboard { get; set; } = new();

    public ChatSettings Chat { get; set; } = new();

    public PresenceSettings Presence { get; set; } = new();

    public AnalyticsSettings Analytics { get; set; } = new();

    public List<LeaderboardSettings> Leaderboards { get; set; } = [];

    public WorldEventSettings WorldEvents { get; set; } = new();

    public GatewaySettings Gateway { get; set; } = new();

    /// <summary>All shards of the game, in order.</summary>
    public IReadOnlyList<string> AllShards => [.. Enumerable.Range(1, ShardCount).Select(ShardId.Numbered)];

    /// <summary>The shards of this process, in order.</summary>
    public IReadOnlyList<string> OwnShards => Shards.Count == 0 ? AllShards : Shards;

    /// <summary>Every failure, each with its full path; empty if all is well.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Data))
        {
            yield return "Data: must name a folder.";
        }

        if (ShardCount is < 1 or > MaxShards)
        {
            yield return $"ShardCount: must be 1 to {MaxShards}, not {ShardCount}.";
        }
        else
        {
            for (var i = 0; i < Shards.Count; i++)
            {
                if (!AllShards.Contains(Shards[i]))
                {
                    yield return $"Shards:{i}: must be one of {AllShards[0]} to {AllShards[^1]}, not '{Shards[i]}'.";
                }
            }
        }

        var boards = Leaderboards.SelectMany((board, i) => board.Validate($"Leaderboards:{i}"));

        // A wrong number has been told: the rest is checked as for one shard.
        var (all, own) = ShardCount is < 1 or > MaxShards ? ([ShardId.Numbered(1)], [ShardId.Numbered(1)]) : (AllShards, OwnShards);
        foreach (var failure in Postgres.Validate("Postgres", own.Count)
            .Concat(RabbitMq.Validate("RabbitMq"))
            .Concat(Kafka.Validate("Kafka", Cluster.IsUsed))
            .Concat(Router.Validate("Router"))
            .Concat(Cluster.Validate(
                "Cluster", all, own, Postgres.IsUsed, RabbitMq.IsUsed, Gateway.Tokens is { Key: not null } or { KeyFile: not null }))
            .Concat(Grains.Validate("Grains"))
            .Concat(Dashboard.Validate("Dashboard"))
            .Concat(Chat.Validate("Chat"))
            .Concat(Presence.Validate("Presence"))
            .Concat(Analytics.Validate("Analytics"))
            .Concat(boards)
            .Concat(WorldEvents.Validate("WorldEvents"))
            .Concat(Gateway.Validate("Gateway")))
        {
            yield return failure;
        }
    }
}

public sealed class GrainSettings
{
    /// <summary>A call without an answer after this long fails, 1–600 s.</summary>
    public int ResponseTimeoutSeconds { get; set; } = 30;

    /// <summary>An activation not used for this long is collected, 1–1440 min.</summary>
    public int CollectionAgeMinutes { get; set; } = 15;

    internal IEnumerable<string> Validate(string path)
    {
        if (ResponseTimeoutSeconds is < 1 or > 600)
        {
            yield return $"{path}:ResponseTimeoutSeconds: must be 1 to 600, not {ResponseTimeoutSeconds}.";
        }

        if (CollectionAgeMinutes is < 1 or > 1440)
        {
            yield return $"{path}:CollectionAgeMinutes: must be 1 to 1440, not {CollectionAgeMinutes}.";
        }
    }
}

public sealed class LeaderboardSettings
{
    /// <summary><c>[a-z0-9-]{1,32}</c>, unique.</summary>
    public string Id { get; set; } = "";

    public ScoreOperator Operator { get; set; } = ScoreOperator.Best;

    /// <summary>The greatest score leads; false: the smallest.</summary>
    public bool Descending { get; set; } = true;

    /// <summary>Only servers submit; false: players submit their own scores.</summary>
    public bool Authoritative { get; set; }

    /// <summary>Cron expression (UTC, five fields) of season starts; null: one endless season.</summary>
    public string? Reset { get; set; }

    /// <summary>Past seasons that stay readable, 0–52.</summary>
    public int RetainSeasons { get; set; } = 4;

    internal IEnumerable<string> Validate(string path) => ToDefinition().Validate().Select(failure => $"{path}:{failure}");

    internal LeaderboardDefinition ToDefinition() => new(Id, Operator, Descending, Authoritative, Reset, RetainSeasons);
}

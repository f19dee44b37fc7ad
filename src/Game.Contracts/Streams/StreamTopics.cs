namespace Game.Contracts.Streams;

/// <summary>Topics, which are the namespaces of the streams of <see cref="StreamProviders.Kafka"/>.</summary>
public static class StreamTopics
{
    /// <summary>What players did; the key is the player's bucket.</summary>
    public const string PlayerActions = "player_actions";

    /// <summary>Results of the analytics.</summary>
    public const string GameAnalytics = "game_analytics";

    public const string ServerMetrics = "server_metrics";

    public const string GameLogs = "game_logs";

    /// <summary>The published event log; the key is the aggregate's stream.</summary>
    public const string GameEvents = "game_events";

    /// <summary>Topics that grains stream. The others hold records that hosts write, for whoever reads them outside.</summary>
    public static IReadOnlyList<string> OfGrains { get; } = [GameAnalytics, PlayerActions];

    public static IReadOnlyList<string> All { get; } = [GameAnalytics, PlayerActions, ServerMetrics, GameLogs, GameEvents];
}

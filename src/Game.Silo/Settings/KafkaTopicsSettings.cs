using Game.Contracts.Streams;

namespace Game.Silo.Settings;

/// <summary>The topics of the game.</summary>
public sealed class KafkaTopicsSettings
{
    public KafkaTopicSettings GameAnalytics { get; set; } = new() { RetentionHours = 24 * 30 };

    public KafkaTopicSettings PlayerActions { get; set; } = new();

    public KafkaTopicSettings ServerMetrics { get; set; } = new() { PartitionsPerShard = 1 };

    public KafkaTopicSettings GameLogs { get; set; } = new() { PartitionsPerShard = 1 };

    /// <summary>Kept for ever: the world can be rebuilt from it.</summary>
    public KafkaTopicSettings GameEvents { get; set; } = new() { RetentionHours = 0 };

    internal IReadOnlyList<(string Setting, string Topic, KafkaTopicSettings Settings)> All =>
    [
        (nameof(GameAnalytics), StreamTopics.GameAnalytics, GameAnalytics),
        (nameof(PlayerActions), StreamTopics.PlayerActions, PlayerActions),
        (nameof(ServerMetrics), StreamTopics.ServerMetrics, ServerMetrics),
        (nameof(GameLogs), StreamTopics.GameLogs, GameLogs),
        (nameof(GameEvents), StreamTopics.GameEvents, GameEvents),
    ];
}

using Game.Broadcast;
using Game.Domain.Chat;
using Game.Domain.Leaderboards;
using Game.Domain.WorldEvents;
using Game.EventStore;
using Game.Grains.Analytics;
using Game.Grains.Presence;
using Game.Grains.Relay;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Hosting;

/// <summary>What a shard is made of, whatever silo hosts its grains. Store and bus stay the caller's to dispose.</summary>
public sealed record ShardHostOptions
{
    public required ShardIdentity Shard { get; init; }

    public required IEventStore Store { get; init; }

    /// <summary>Where the reminders of the shard's grains are kept; not used in a cluster.</summary>
    public required IDurableItems Reminders { get; init; }

    public required IBroadcastBus Bus { get; init; }

    /// <summary>Where the shard's log is published; null: nowhere. Stays the caller's.</summary>
    public IEventSink? EventSink { get; init; }

    /// <summary>Boards beside the built-in ones.</summary>
    public IReadOnlyList<LeaderboardDefinition> Boards { get; init; } = [];

    /// <summary>What becomes of what players say here. By default nothing is masked.</summary>
    public IChatFilter ChatFilter { get; init; } = new WordListFilter([]);

    public PresenceOptions Presence { get; init; } = new();

    /// <summary>Recurring world events of the game; the first shard schedules them.</summary>
    public IReadOnlyList<WorldEventSchedule> WorldEvents { get; init; } = [];

    /// <summary>The shard's own streams of <see cref="Contracts.Streams.StreamProviders.Kafka"/>; null: they are kept in memory.</summary>
    public Action<KafkaStreamOptions>? Streams { get; init; }

    public AnalyticsOptions Analytics { get; init; } = new();

    public required ILoggerFactory LoggerFactory { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

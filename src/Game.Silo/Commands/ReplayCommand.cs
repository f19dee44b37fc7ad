using System.Globalization;
using System.Text.Json;
using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.WorldEvents;
using Game.Domain;
using Game.Domain.Accounts;
using Game.Domain.Analytics.Buckets;
using Game.Domain.Analytics.Generations;
using Game.Domain.Analytics.Windows;
using Game.Domain.Chat;
using Game.Domain.Friends;
using Game.Domain.Guilds;
using Game.Domain.Leaderboards;
using Game.Domain.Notifications;
using Game.Domain.Players;
using Game.Domain.Purchases;
using Game.Domain.Shards;
using Game.Domain.Wars;
using Game.Domain.WorldEvents;
using Game.EventStore;
using Game.Grains.Analytics;
using Game.Grains.EventSourcing;
using Game.Grains.Leaderboards;
using Game.Silo.Kafka;
using Game.Silo.Settings;

namespace Game.Silo.Commands;

/// <summary>Prints an aggregate's state in the past as JSON, read from its shard's store or from Kafka alone.</summary>
internal static class ReplayCommand
{
    /// <summary>From the shard's store.</summary>
    public const string Store = "store";

    /// <summary>From topic <c>game_events</c>.</summary>
    public const string Kafka = "kafka";

    /// <param name="settings">Where stores and Kafka are.</param>
    /// <param name="stream">The aggregate.</param>
    /// <param name="shard">Where the stream is; needed only if its key is not an id with a home shard.</param>
    /// <param name="version">After this version; null: see <paramref name="at"/>.</param>
    /// <param name="at">At this instant; null: now.</param>
    /// <param name="from"><see cref="Store"/> or <see cref="Kafka"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(
        SiloSettings settings, string stream, string? shard, long? version, DateTimeOffset? at, string from, CancellationToken cancellationToken)
    {
        if (!stream.Contains('/', StringComparison.Ordinal))
        {
            throw new StartupException($"--stream must be {{category}}/{{key}}, for example player/s01.01J…, not '{stream}'.");
        }

        var key = StreamName.KeyOf(stream);
        shard ??= EntityId.TryParse(key, out var id)
            ? id.Shard
            : throw new StartupException($"--shard is needed: '{key}' does not say which shard it lives on.");
        if (from == Kafka && !settings.AllShards.Contains(shard))
        {
            throw new StartupException($"--shard must be one of {settings.AllShards[0]} to {settings.AllShards[^1]}, not '{shard}'.");
        }

        await using var store = from == Kafka
            ? await KafkaHistory.Of(settings).ReadStreamAsync(shard, stream, cancellationToken)
            : (await ShardStore.InspectAsync(settings, shard, cancellationToken)).Events;
        var until = version ?? (at is { } instant ? await store.FindVersionAsync(stream, instant, cancellationToken) : long.MaxValue);
        var (state, reached) = await ReadStateAsync(store, EventCodec.ForGame(), stream, until, cancellationToken);
        if (reached == 0)
        {
            throw new StartupException($"Stream {stream} has no events {(at is null ? "up to that version" : "at that time")} on shard {shard}.");
        }

        var options = new JsonSerializerOptions(EventCodec.Json) { WriteIndented = true };
        Console.WriteLine(JsonSerializer.Serialize(new { stream, shard, version = reached, state }, options));
        return 0;
    }

    /// <summary>An aggregate's state after a version, and the version reached; 0: there are no events.</summary>
    /// <exception cref="StartupException">There are no aggregates of that category.</exception>
    public static async Task<(object State, long Version)> ReadStateAsync(
        IEventStore store, EventCodec codec, string stream, long until, CancellationToken cancellationToken) =>
        StreamName.CategoryOf(stream) switch
        {
            StreamName.Player => await ReadAsync<Player, Contracts.Players.PlayerCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Guild => await ReadAsync<Guild, Contracts.Guilds.GuildCommand>(store, codec, stream, until, cancellationToken),
            StreamName.GuildDirectory => await ReadAsync<GuildDirectory, Command>(store, codec, stream, until, cancellationToken),
            StreamName.War => await ReadAsync<GuildWar, Contracts.Wars.WarCommand>(store, codec, stream, until, cancellationToken),
            StreamName.WarDirectory => await ReadAsync<WarDirectory, Contracts.Wars.RecordWar>(store, codec, stream, until, cancellationToken),
            StreamName.Front => await ReadAsync<WarFront, Contracts.Wars.FrontCommand>(store, codec, stream, until, cancellationToken),
            StreamName.WorldEvent => await ReadAsync<WorldEvent, WorldEventCommand>(store, codec, stream, until, cancellationToken),
            StreamName.WorldEventDirectory => await ReadAsync<WorldEventDirectory, RecordWorldEvent>(store, codec, stream, until, cancellationToken),
            StreamName.EventFront => await ReadAsync<WorldEventFront, EventFrontCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Account => await ReadAsync<Account, Contracts.Accounts.AccountCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Mailbox => await ReadAsync<Mailbox, Contracts.Notifications.MailboxCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Friends => await ReadAsync<FriendList, Contracts.Friends.FriendCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Desk =>
                await ReadAsync<NotificationDesk, Contracts.Notifications.DeskCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Chat => await ReadAsync<ChatChannel, Contracts.Chat.ChatCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Shards => await ReadAsync<ShardRegistry, Contracts.Shards.ShardRegistryCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Receipt => await ReadAsync<Receipt, Contracts.Purchases.ReceiptCommand>(store, codec, stream, until, cancellationToken),
            StreamName.Generations => await ReadAsync<AnalyticsGenerations, Contracts.Analytics.GenerationsCommand>(
                store, codec, stream, until, cancellationToken),
            StreamName.ActionBucket => await ReadBytesAsync(
                new BinaryStateReader<ActionBucket>(
                    store,
                    codec,
                    ActionBucketGrain.SnapshotFormat,
                    () => ActionBucket.Initial(StreamName.KeyOf(stream)),
                    (state, fact) => state.Apply(fact),
                    state => state.WriteSnapshot(),
                    ActionBucket.ReadSnapshot),
                stream,
                until,
                state => new { state.Mark, state.Counters, Snapshot = state.WriteSnapshot() },
                cancellationToken),
            StreamName.Window => await ReadBytesAsync(
                new BinaryStateReader<WindowSpan>(
                    store,
                    codec,
                    WindowGrain.SnapshotFormat,
                    () => WindowSpan.Initial(StreamName.KeyOf(stream)),
                    (state, fact) => state.Apply(fact),
                    state => state.WriteSnapshot(),
                    WindowSpan.ReadSnapshot),
                stream,
                until,
                state => new { Snapshot = state.WriteSnapshot() },
                cancellationToken),
            StreamName.Leaderboard => await ReadBoardAsync(store, codec, stream, until, cancellationToken),
            var category => throw new StartupException($"--stream: no aggregate is called '{category}'."),
        };

    /// <exception cref="StartupException">Not an instant.</exception>
    public static DateTimeOffset ParseInstant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw new StartupException($"--at must be a time such as 2026-01-31T12:00:00Z, not '{text}'.");

    private static async Task<(object State, long Version)> ReadAsync<TState, TCommand>(
        IEventStore store, EventCodec codec, string stream, long until, CancellationToken cancellationToken)
        where TState : class, IAggregate<TState, TCommand>
        where TCommand : Command
    {
        var reader = new AggregateReader<TState>(
            store, codec, () => TState.Initial(StreamName.KeyOf(stream)), (state, fact) => state.Apply(fact));
        var loaded = await reader.ReadAsync(stream, until, cancellationToken);
        return (loaded.State, loaded.Version);
    }

    /// <summary>States of the analytics are bytes: as a snapshot holds them, base64.</summary>
    private static async Task<(object State, long Version)> ReadBytesAsync<TState>(
        BinaryStateReader<TState> reader, string stream, long until, Func<TState, object> show, CancellationToken cancellationToken)
        where TState : class
    {
        var loaded = await reader.ReadAsync(stream, until, cancellationToken);
        return (show(loaded.State), loaded.Version);
    }

    /// <summary>A board's state is large: its first hundred entries stand for it.</summary>
    private static async Task<(object State, long Version)> ReadBoardAsync(
        IEventStore store, EventCodec codec, string stream, long until, CancellationToken cancellationToken)
    {
        var reader = new LeaderboardReader(store, codec, () => Leaderboard.Initial(StreamName.KeyOf(stream)));
        var loaded = await reader.ReadAsync(stream, until, cancellationToken);
        return (loaded.State.GetPage(0, 1, 100, loaded.Version).Value!, loaded.Version);
    }
}

using System.Globalization;
using System.Text.Json;
using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.WorldEvents;
using Game.Domain;
using Game.Domain.Accounts;
using Game.Domain.Chat;
using Game.Domain.Friends;
using Game.Domain.Guilds;
using Game.Domain.Leaderboards;
using Game.Domain.Notifications;
using Game.Domain.Players;
using Game.Domain.Shards;
using Game.Domain.Wars;
using Game.Domain.WorldEvents;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Game.Grains.Leaderboards;
using Game.Silo.Settings;

namespace Game.Silo.Commands;

/// <summary>Prints an aggregate's state in the past as JSON, read from its shard's store.</summary>
internal static class ReplayCommand
{
    /// <param name="shard">Where the stream is; needed only if its key is not an id with a home shard.</param>
    public static async Task<int> RunAsync(
        SiloSettings settings, string stream, string? shard, long? version, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        if (!stream.Contains('/', StringComparison.Ordinal))
        {
            throw new StartupException($"--stream must be {{category}}/{{key}}, for example player/s01.01J…, not '{stream}'.");
        }

        var (category, key) = (StreamName.CategoryOf(stream), StreamName.KeyOf(stream));
        shard ??= EntityId.TryParse(key, out var id)
            ? id.Shard
            : throw new StartupException($"--shard is needed: '{key}' does not say which shard it lives on.");
        await using var opened = await ShardStore.InspectAsync(settings, shard, cancellationToken);
        var store = opened.Events;
        var until = version ?? (at is { } instant ? await store.FindVersionAsync(stream, instant, cancellationToken) : long.MaxValue);
        var codec = EventCodec.ForGame();
        var (state, reached) = category switch
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
            StreamName.Leaderboard => await ReadBoardAsync(store, codec, stream, until, cancellationToken),
            _ => throw new StartupException($"--stream: no aggregate is called '{category}'."),
        };
        if (reached == 0)
        {
            throw new StartupException($"Stream {stream} has no events {(at is null ? "up to that version" : "at that time")} on shard {shard}.");
        }

        var options = new JsonSerializerOptions(EventCodec.Json) { WriteIndented = true };
        Console.WriteLine(JsonSerializer.Serialize(new { stream, shard, version = reached, state }, options));
        return 0;
    }

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

    /// <summary>A board's state is large: its first hundred entries stand for it.</summary>
    private static async Task<(object State, long Version)> ReadBoardAsync(
        IEventStore store, EventCodec codec, string stream, long until, CancellationToken cancellationToken)
    {
        var reader = new LeaderboardReader(store, codec, () => Leaderboard.Initial(StreamName.KeyOf(stream)));
        var loaded = await reader.ReadAsync(stream, until, cancellationToken);
        return (loaded.State.GetPage(0, 1, 100, loaded.Version).Value!, loaded.Version);
    }
}

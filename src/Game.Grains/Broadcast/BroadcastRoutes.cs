using System.Collections.Frozen;
using Game.Broadcast;
using Game.Contracts;
using Game.Contracts.Chat;
using Game.Contracts.Friends;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Notifications;
using Game.Contracts.Players;
using Game.Contracts.Shards;
using Game.Contracts.Wars;
using Game.Contracts.WorldEvents;

namespace Game.Grains.Broadcast;

/// <summary>
/// Which events leave their shard, over which exchange and with which routing key. Pure. The third word of a key is the
/// shard it is meant for, or <c>all</c>. An event that no row names stays at home.
/// </summary>
public static class BroadcastRoutes
{
    public const string AllShards = "all";

    /// <summary>The last word of the keys of what must not wait behind the rest.</summary>
    public const string Urgent = ".urgent";

    /// <summary>What the names of publishers' cursors begin with.</summary>
    public const string Cursors = "broadcast/";

    /// <summary>Failed deliveries after which a message is given up on.</summary>
    public const int DeliveryLimit = 5;

    private static readonly FrozenDictionary<Type, Route> Table = new Dictionary<Type, Route>
    {
        [typeof(GuildFoundingRequested)] = Member("founding-requested", e => [((GuildFoundingRequested)e).GuildId]),
        [typeof(GuildJoinRequested)] = Member("join-requested", e => [((GuildJoinRequested)e).GuildId]),
        [typeof(GuildDepositSent)] = Member("deposit-sent", e => [((GuildDepositSent)e).GuildId]),
        [typeof(GuildFounded)] = Member("founded", e => [((GuildFounded)e).Founder]),
        [typeof(GuildFoundingRefused)] = Member("founding-refused", e => [((GuildFoundingRefused)e).Founder]),
        [typeof(MemberJoined)] = Member("joined", e => [((MemberJoined)e).Player]),
        [typeof(MemberRefused)] = Member("refused", e => [((MemberRefused)e).Player]),
        [typeof(MemberLeft)] = Member("left", e => [((MemberLeft)e).Player]),
        [typeof(MemberKicked)] = Member("kicked", e => [((MemberKicked)e).Player]),
        [typeof(DepositRefused)] = Member("deposit-refused", e => [((DepositRefused)e).Player]),
        [typeof(TreasuryWithdrawn)] = Member("withdrawn", e => [((TreasuryWithdrawn)e).Actor]),
        [typeof(GuildDisbanded)] = new Route(
            Exchanges.Guild, (key, e) => Shards([key, .. ((GuildDisbanded)e).Members], shard => $"guild.member.{shard}.disbanded")),
        [typeof(MemberInvited)] = new Route(Exchanges.Notifications, (_, e) => [PlayerKey(((MemberInvited)e).Player)]),
        [typeof(FriendLinkChanged)] = new Route(Exchanges.Notifications, (_, e) => [PlayerKey(((FriendLinkChanged)e).Player)]),
        [typeof(NotificationSent)] = Notification(
            e => ((NotificationSent)e).Content, e => Shards(((NotificationSent)e).Players, shard => $"player.{shard}.some")),
        [typeof(Announced)] = Notification(e => ((Announced)e).Content, e => [$"player.{((Announced)e).Shard ?? AllShards}.everybody"]),

        [typeof(WagerHeld)] = War("wager-held", e => [((WagerHeld)e).WarId]),
        [typeof(Contracts.Guilds.WarDeclined)] = War("declined", e => [((Contracts.Guilds.WarDeclined)e).WarId]),
        [typeof(WarDeclared)] = Everywhere("declared"),
        [typeof(WarCancelled)] = Everywhere("cancelled"),
        [typeof(WarStarted)] = Everywhere("started"),
        [typeof(WarEnded)] = Everywhere("ended"),
        [typeof(WarSettled)] = Everywhere("settled"),
        [typeof(WarCorrected)] = Everywhere("corrected"),

        // Cumulative: of several in a row only the last is worth sending.
        [typeof(ScoreboardPublished)] = Everywhere("scoreboard") with { Coalesce = true },
        [typeof(StrikeLanded)] = HomeOfStream("front-reported") with { Coalesce = true },
        [typeof(FrontClosed)] = HomeOfStream("front-closed"),

        [typeof(WorldEventScheduled)] = WorldEvent(e => ((WorldEventScheduled)e).Plan.Kind),
        [typeof(WorldEventAnnounced)] = WorldEvent(e => ((WorldEventAnnounced)e).Plan.Kind),
        [typeof(WorldEventCancelled)] = WorldEvent(e => ((WorldEventCancelled)e).Plan.Kind),
        [typeof(WorldEventEnded)] = WorldEvent(e => ((WorldEventEnded)e).Plan.Kind),
        [typeof(BossKilled)] = WorldEvent(e => ((BossKilled)e).Plan.Kind),
        [typeof(WorldEventSettled)] = WorldEvent(e => ((WorldEventSettled)e).Plan.Kind),
        [typeof(WorldEventCorrected)] = WorldEvent(e => ((WorldEventCorrected)e).Plan.Kind),
        [typeof(BossPoolPublished)] = WorldEvent(_ => WorldEventKind.WorldBoss) with { Coalesce = true },
        [typeof(BossStruck)] = EventReport with { Coalesce = true },
        [typeof(EventFrontClosed)] = EventReport,
        [typeof(ShardAnnounced)] = new Route(Exchanges.Guild, (_, _) => [$"guild.shard.{AllShards}.announced"]),
        [typeof(ShardIntroduced)] = new Route(Exchanges.Guild, (_, e) => [$"guild.shard.{((ShardIntroduced)e).To}.introduced"]),

        [typeof(MessagePosted)] = new Route(
            Exchanges.Chat,
            (channel, e) => ((MessagePosted)e).Local ? ChatKeys(channel, ((MessagePosted)e).Author) : []),
    }.ToFrozenDictionary();

    /// <summary>The exchanges that have a publisher.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Values.Select(route => route.Exchange).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The route of an event type, or null if events of this type stay at home.</summary>
    public static string? RouteOf(Type type) => Table.TryGetValue(type, out var route) ? route.Exchange : null;

    /// <summary>Whether only the last of a run of these events of one stream needs to be sent.</summary>
    public static bool IsCoalesced(Type type) => Table.TryGetValue(type, out var route) && route.Coalesce;

    /// <summary>The routes a batch of events touches.</summary>
    public static IEnumerable<string> RoutesOf(IReadOnlyList<GameEvent> facts)
    {
        if (facts.Count == 1)
        {
            return RouteOf(facts[0].GetType()) is { } only ? [only] : [];
        }

        return facts.Select(fact => RouteOf(fact.GetType())).OfType<string>().Distinct(StringComparer.Ordinal);
    }

    /// <summary>Routing keys of an event of the aggregate <paramref name="key"/>; several if several shards are concerned.</summary>
    public static IReadOnlyList<string> RoutingKeysOf(string key, GameEvent fact) => Table[fact.GetType()].Keys(key, fact);

    /// <summary>How far a route's publisher has read the log.</summary>
    public static string CursorOf(string route) => Cursors + route;

    /// <summary>
    /// The chain that messages with a routing key are of: named after the one shard that the key reaches, or <see cref="AllShards"/>.
    /// Whoever is bound for a key must get all of its chain into one queue, for it takes what it does not get as lost. Null: digests
    /// and urgent notifications, which wait in queues beside that, have none.
    /// </summary>
    public static string? ChainOf(string exchange, string routingKey) => exchange switch
    {
        Exchanges.Guild => routingKey.Split('.')[2],
        Exchanges.World => routingKey.Split('.') is [_, "report", var shard] ? shard : AllShards,
        Exchanges.Notifications => routingKey.Split('.') is [_, var shard, _] ? shard : null,
        Exchanges.Chat => routingKey.Split('.') is [_, "whisper", var shard] ? shard : AllShards,
        Exchanges.Digests => null,
        _ => throw new ArgumentOutOfRangeException(nameof(exchange), exchange, "No shard consumes this exchange."),
    };

    /// <summary>Priority and end of an event on its way; what has no end is delivered however late.</summary>
    public static (int Priority, DateTimeOffset? ExpiresAt) UrgencyOf(GameEvent fact) =>
        Table[fact.GetType()].Content?.Invoke(fact) is { } content ? (content.Priority, content.ExpiresAt) : (0, null);

    private static Route Notification(Func<GameEvent, NotificationContent> content, Func<GameEvent, IReadOnlyList<string>> keys) =>
        new(
            Exchanges.Notifications,
            (_, e) => content(e).Priority < NotificationLimits.UrgentPriority ? keys(e) : [.. keys(e).Select(key => key + Urgent)])
        {
            Content = content,
        };

    private static string PlayerKey(string player) => $"player.{player}";

    /// <summary>What a front tells the shard that coordinates its event.</summary>
    private static Route EventReport => new(Exchanges.World, (key, _) => [$"world.report.{EntityId.ShardOf(key)}"]);

    private static Route Member(string what, Func<GameEvent, string[]> ids) =>
        new(Exchanges.Guild, (_, e) => Shards(ids(e), shard => $"guild.member.{shard}.{what}"));

    private static Route War(string what, Func<GameEvent, string[]> ids) =>
        new(Exchanges.Guild, (_, e) => Shards(ids(e), shard => $"guild.war.{shard}.{what}"));

    private static Route HomeOfStream(string what) =>
        new(Exchanges.Guild, (key, _) => [$"guild.war.{EntityId.ShardOf(key)}.{what}"]);

    private static Route Everywhere(string what) => new(Exchanges.Guild, (_, _) => [$"guild.war.{AllShards}.{what}"]);

    private static Route WorldEvent(Func<GameEvent, WorldEventKind> kindOf) => new(
        Exchanges.World, (_, e) => [kindOf(e) == WorldEventKind.WorldBoss ? "world.world-boss" : "world.double-experience"]);

    private static string[] Shards(IEnumerable<string> ids, Func<string, string> keyOf) =>
        [.. ids.Select(EntityId.ShardOf).Distinct(StringComparer.Ordinal).Select(keyOf)];

    /// <summary>What is said on a shard's own channel stays there; a whisper goes to the other's shard alone.</summary>
    private static IReadOnlyList<string> ChatKeys(string channel, string author) => channel switch
    {
        ChatChannels.Shard => [],
        ChatChannels.World => [$"chat.world.{EntityId.ShardOf(author)}"],
        _ when ChatChannels.TryParseWhispers(channel, out _, out var other) => [$"chat.whisper.{EntityId.ShardOf(other)}"],
        _ => [$"chat.guild.{EntityId.ShardOf(author)}"],
    };

    private sealed record Route(string Exchange, Func<string, GameEvent, IReadOnlyList<string>> Keys, bool Coalesce = false)
    {
        /// <summary>What a notification says; null: the event is none.</summary>
        public Func<GameEvent, NotificationContent>? Content { get; init; }
    }
}

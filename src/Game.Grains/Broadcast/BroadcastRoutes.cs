using System.Collections.Frozen;
using Game.Broadcast;
using Game.Contracts;
using Game.Contracts.Chat;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Contracts.WorldEvents;
using Game.Grains.Broadcast.Chains;

namespace Game.Grains.Broadcast;

/// <summary>
/// Which events leave their shard, over which exchange and with which routing key. Pure. The third word of a key is the
/// shard it is meant for, or <c>all</c>. An event that no row names stays at home.
/// </summary>
public static class BroadcastRoutes
{
    public const string AllShards = "all";

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
        [typeof(MemberInvited)] = new Route(
            Exchanges.Notifications,
            (_, e) => [$"player.{EntityId.ShardOf(((MemberInvited)e).Player)}.{EntityId.Parse(((MemberInvited)e).Player).Ulid}"]),

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

        [typeof(MessagePosted)] = new Route(
            Exchanges.Chat,
            (channel, e) => ((MessagePosted)e).Local && channel != ChatChannels.Shard
                ? [$"chat.{ChatWord(channel)}.{EntityId.ShardOf(((MessagePosted)e).Author)}"]
                : []),
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

    /// <summary>What a shard's queue on an exchange is bound to.</summary>
    public static IReadOnlyList<QueueBinding> BindingsOf(string exchange, string shard) => exchange switch
    {
        Exchanges.Guild =>
        [
            new(exchange, $"guild.*.{shard}.*"),
            new(exchange, $"guild.*.{AllShards}.*"),
        ],
        Exchanges.World => [new(exchange, "world.*"), new(exchange, $"world.report.{shard}")],
        Exchanges.Notifications => [new(exchange, $"player.{shard}.*")],
        Exchanges.Chat => [new(exchange, "chat.#")],
        _ => throw new ArgumentOutOfRangeException(nameof(exchange), exchange, "No shard consumes this exchange."),
    };

    /// <summary>
    /// The chain a message belongs to: named after the one shard that its routing key reaches, or <see cref="AllShards"/>. Whoever
    /// is bound for a key must get all of its chain, for it takes what it does not get as lost.
    /// </summary>
    public static string ChainOf(string exchange, string routingKey) => exchange switch
    {
        Exchanges.Guild => routingKey.Split('.')[2],
        Exchanges.World => routingKey.Split('.') is [_, "report", var shard] ? shard : AllShards,
        Exchanges.Notifications => routingKey.Split('.')[1],
        _ => AllShards,
    };

    /// <summary>A shard's queue on an exchange; what it has missed comes to it alone.</summary>
    public static QueueDeclaration DeclarationOf(string exchange, string shard) => new(
        QueueOf(exchange, shard), [.. BindingsOf(exchange, shard), Resync.BindingOf(QueueOf(exchange, shard))], DeliveryLimit: DeliveryLimit);

    /// <summary>The queues of a shard: one for each exchange, and the one for asks.</summary>
    public static IReadOnlyList<QueueDeclaration> QueuesOf(string shard) =>
        [.. All.Select(exchange => DeclarationOf(exchange, shard)), Resync.QueueOf(shard)];

    /// <summary>The name of a shard's queue on an exchange.</summary>
    public static string QueueOf(string exchange, string shard) => $"{exchange}.{shard}";

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

    /// <summary>A channel's name as one word of a routing key.</summary>
    private static string ChatWord(string channel) => channel.Replace('.', '-').Replace(':', '-');

    private sealed record Route(string Exchange, Func<string, GameEvent, IReadOnlyList<string>> Keys, bool Coalesce = false);
}

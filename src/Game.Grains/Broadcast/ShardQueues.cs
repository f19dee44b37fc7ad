using Game.Broadcast;
using Game.Grains.Broadcast.Chains;

namespace Game.Grains.Broadcast;

/// <summary>
/// The queues of a shard. Each is a group of replicas at the broker, or a queue of one connection, and a hundred shards share it: so there are
/// three, by what may wait behind what. Pure.
/// </summary>
public static class ShardQueues
{
    private const string Events = "game.events";
    private const string Urgent = "game.urgent";
    private const string Transient = "game.transient";

    /// <summary>
    /// All that is of chains in one queue, in the order it was sent; urgent notifications in another, because a queue of the broker
    /// knows no priorities; and what is repeated anyway, digests and what shards ask each other, in one that writes nothing down. What a
    /// shard has missed of a chain comes to the first alone.
    /// </summary>
    public static IReadOnlyList<ShardQueue> Of(string shard) =>
    [
        new(
            Declare($"{Events}.{shard}", [.. BroadcastRoutes.All.SelectMany(route => (QueueBinding[])[.. BindingsOf(route, shard), Resync.BindingOf(route, shard)])]),
            HasChains: true),
        new(Declare($"{Urgent}.{shard}", UrgentBindingsOf(shard))),
        new(Declare($"{Transient}.{shard}", [.. BindingsOf(Exchanges.Digests, shard), Resync.AskBindingOf(shard)]) with { Transient = true }),
    ];

    /// <summary>The name of the queue in which a shard's messages of an exchange wait, those that are not urgent.</summary>
    public static string NameOf(string exchange, string shard) =>
        $"{(exchange is Exchanges.Digests or Exchanges.Resync ? Transient : Events)}.{shard}";

    /// <summary>What a shard hears of an exchange.</summary>
    public static IReadOnlyList<QueueBinding> BindingsOf(string exchange, string shard) => exchange switch
    {
        Exchanges.Guild =>
        [
            new(exchange, $"guild.*.{shard}.*"),
            new(exchange, $"guild.*.{BroadcastRoutes.AllShards}.*"),
        ],
        Exchanges.World => [new(exchange, "world.*"), new(exchange, $"world.report.{shard}")],
        Exchanges.Notifications => [new(exchange, $"player.{shard}.*"), new(exchange, $"player.{BroadcastRoutes.AllShards}.*")],
        Exchanges.Chat => [new(exchange, "chat.world.*"), new(exchange, "chat.guild.*"), new(exchange, $"chat.whisper.{shard}")],
        Exchanges.Digests => [new(exchange, "presence.*"), new(exchange, "board.*")],
        _ => throw new ArgumentOutOfRangeException(nameof(exchange), exchange, "No shard consumes this exchange."),
    };

    /// <summary>
    /// What a shard consumed in builds that had a queue for each route, in the order in which they declared it. What waits there is consumed
    /// before the queues of today, and the queues go: see docs/upgrading.md.
    /// </summary>
    public static IReadOnlyList<ShardQueue> FormerOf(string shard) =>
    [
        .. BroadcastRoutes.All.Select(route => new ShardQueue(
            Declare($"{route}.{shard}", [.. BindingsOf(route, shard), Resync.BindingOf(route, shard)]), HasChains: true)),
        new(Declare($"{Exchanges.Digests}-transient.{shard}", BindingsOf(Exchanges.Digests, shard)) with { Transient = true }),
        new(Declare($"{Exchanges.Notifications}-urgent.{shard}", UrgentBindingsOf(shard))),
        new(Declare($"{Exchanges.Resync}.{shard}", [Resync.AskBindingOf(shard)])),
    ];

    private static QueueDeclaration Declare(string name, IReadOnlyList<QueueBinding> bindings) =>
        new(name, bindings, DeliveryLimit: BroadcastRoutes.DeliveryLimit);

    private static QueueBinding[] UrgentBindingsOf(string shard) =>
    [
        new(Exchanges.Notifications, $"player.{shard}.*{BroadcastRoutes.Urgent}"),
        new(Exchanges.Notifications, $"player.{BroadcastRoutes.AllShards}.*{BroadcastRoutes.Urgent}"),
    ];
}

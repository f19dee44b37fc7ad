using Game.Domain.Routing;
using Microsoft.Extensions.Logging;

namespace Game.Routing;

/// <summary>
/// Sends each message the way its class takes: combat and movement directly, chat, guild wars and world events over the exchanges,
/// everything else to the topics; over the other broker while that way is closed, and onto disk while both are. Messages of one
/// key and way keep their order; each arrives at least once, under its id. Safe for concurrent use.
/// </summary>
public sealed class MessageRouter : IAsyncDisposable
{
    private readonly RetrySpool _spool;
    private readonly GuardedRoute? _direct;
    private readonly GuardedRoute? _broadcastNow;
    private readonly Dictionary<RouteKind, RouteChain> _chains;
    private readonly RouterMetrics _metrics;

    private MessageRouter(MessageRoutes routes, RetrySpool spool, RouterOptions options, TimeProvider clock, ILogger logger)
    {
        _spool = spool;
        _metrics = new RouterMetrics(() => Status, () => _spool.Bytes);
        _direct = routes.Direct is { } direct ? new GuardedRoute(direct, options, clock) : null;
        _broadcastNow = routes.Broadcast is { } broadcast ? new GuardedRoute(broadcast, options, clock) : null;
        _chains = new Dictionary<RouteKind, RouteChain>();
        AddChain(RouteKind.Broadcast, routes.Broadcast, routes.StreamParking, MessageClass.Chat);
        AddChain(RouteKind.Stream, routes.Stream, routes.BroadcastParking, MessageClass.Other);

        void AddChain(RouteKind kind, IMessageRoute? primary, IParkingPlace? parking, MessageClass example)
        {
            if (primary is not null)
            {
                _chains[kind] = new RouteChain(
                    kind.ToString(), primary, parking, spool, options, RoutePlan.Of(example).Keep!.Value, clock, _metrics, logger);
            }
        }
    }

    /// <summary>The ways that can be closed.</summary>
    public IReadOnlyList<ChainStatus> Status => [.. _chains.Values.Select(chain => chain.Status)];

    /// <summary>Opens the router; what an earlier process left on disk goes on at once.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    /// <exception cref="RouteException">The spool cannot be used.</exception>
    public static MessageRouter Open(MessageRoutes routes, RouterOptions options, TimeProvider clock, ILogger<MessageRouter> logger)
    {
        options.Validate();
        return new MessageRouter(routes, RetrySpool.Open(options.SpoolFile, options.MaxSpoolBytes), options, clock, logger);
    }

    /// <summary>Sends a message; returns when it has arrived or waits durably.</summary>
    /// <exception cref="ArgumentException">The message is outside its limits, or this process has no way for its class.</exception>
    /// <exception cref="RouteException">All ways are closed and the spool has no room: it is not stored, send it again.</exception>
    public async Task<RouteOutcome> SendAsync(GameMessage message, CancellationToken cancellationToken = default)
    {
        message.ThrowIfInvalid();
        var messageClass = MessageClassifier.Classify(message.Kind);
        var plan = RoutePlan.Of(messageClass);
        try
        {
            var outcome = plan.Primary == RouteKind.Direct
                ? await SendNowAsync(message, cancellationToken)
                : await ChainOf(plan.Primary, message.Kind).SendAsync(message, cancellationToken);
            _metrics.Sent(messageClass, outcome);
            return outcome;
        }
        catch (RouteException)
        {
            _metrics.Refused(messageClass);
            throw;
        }
    }

    /// <summary>Stops; what waits on disk or is parked goes on with the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var chain in _chains.Values)
        {
            await chain.DisposeAsync();
        }

        await _spool.DisposeAsync();
        _metrics.Dispose();
    }

    private async Task<RouteOutcome> SendNowAsync(GameMessage message, CancellationToken cancellationToken) =>
        _direct is not null && await _direct.TrySendAsync(message, cancellationToken) ? RouteOutcome.Delivered
        : _broadcastNow is not null && await _broadcastNow.TrySendAsync(message, cancellationToken) ? RouteOutcome.FellBack
        : RouteOutcome.Dropped;

    private RouteChain ChainOf(RouteKind kind, string messageKind) => _chains.TryGetValue(kind, out var chain)
        ? chain
        : throw new ArgumentException($"There is no {kind} way in this process for {messageKind}.", nameof(messageKind));
}

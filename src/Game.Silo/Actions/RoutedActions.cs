using Game.Broadcast;
using Game.Contracts.Analytics;
using Game.Gateway;
using Game.Grains.Analytics;
using Game.Routing;
using Game.Routing.Routes;
using Game.Silo.Settings;
using Game.Streaming.Kafka;

namespace Game.Silo.Actions;

/// <summary>
/// Sends players' actions through the message router: to Kafka; while that is away to a queue of this server at RabbitMQ, where there
/// is one; onto disk while both are.
/// </summary>
internal sealed class RoutedActions : IActionWay, IAsyncDisposable
{
    private readonly MessageRouter _router;
    private readonly RecordWriter _writer;

    private RoutedActions(MessageRouter router, RecordWriter writer)
    {
        (_router, _writer) = (router, writer);
    }

    public IReadOnlyList<RouteStatus> Status => [.. _router.Status.Select(chain => new RouteStatus(
        ActionStreams.Namespace, chain.Level switch { RouteLevel.Primary => "kafka", RouteLevel.Fallback => "rabbitmq", _ => "disk" }, chain.Spooled))];

    /// <exception cref="StartupException">The spool's file cannot be used.</exception>
    public static RoutedActions Open(
        SiloSettings settings, DataFolder data, ShardStreams streams, IBroadcastBus bus, ILoggerFactory loggers)
    {
        var writer = streams.OpenWriter(settings.Router.RecordTimeout);
        try
        {
            var routes = new MessageRoutes
            {
                Stream = new ActionRoute(streams.Options, writer),
                BroadcastParking = settings.RabbitMq.IsUsed
                    ? new BroadcastParking(bus, settings.Router.ServerOr(settings.Gateway.Port), TimeProvider.System)
                    : null,
            };
            var router = MessageRouter.Open(
                routes, settings.Router.ToOptions(data.SpoolFile), TimeProvider.System, loggers.CreateLogger<MessageRouter>());
            return new RoutedActions(router, writer);
        }
        catch (RouteException exception)
        {
            throw new StartupException(exception.Message);
        }
    }

    public async Task WriteAsync(string bucket, IReadOnlyList<PlayerAction> actions)
    {
        // One after the other: a later one must not overtake an earlier one that takes another way.
        foreach (var message in ActionMessages.Of(bucket, actions, TimeProvider.System.GetUtcNow()))
        {
            try
            {
                await _router.SendAsync(message);
            }
            catch (RouteException exception)
            {
                // Of the grains' own: it has to reach a gateway on another silo as what it is.
                throw new ActionsNotTakenException(exception.Message, exception);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _router.DisposeAsync();
        await _writer.DisposeAsync();
    }
}

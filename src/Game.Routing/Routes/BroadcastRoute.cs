using Game.Broadcast;

namespace Game.Routing.Routes;

/// <summary>Publishes to an exchange, with the message's kind as routing key.</summary>
/// <param name="bus">The bus.</param>
/// <param name="exchangeOf">The exchange of a kind.</param>
/// <param name="source">Who sends: a shard or server.</param>
public sealed class BroadcastRoute(IBroadcastBus bus, Func<string, string> exchangeOf, string source) : IMessageRoute
{
    public string Name => "broadcast";

    public async Task SendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await bus.PublishAsync(
                new BroadcastMessage(
                    message.Id, exchangeOf(message.Kind), message.Kind, source, 0, message.Key, message.Type, message.SchemaVersion, message.Body),
                cancellationToken);
        }
        catch (BroadcastException exception)
        {
            throw new RouteException(exception.Message, exception);
        }
    }
}

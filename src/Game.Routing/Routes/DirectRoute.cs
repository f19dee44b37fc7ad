namespace Game.Routing.Routes;

/// <summary>Calls whoever is concerned.</summary>
/// <param name="send">Throws <see cref="RouteException"/> or <see cref="TimeoutException"/> if it did not arrive.</param>
public sealed class DirectRoute(Func<GameMessage, CancellationToken, Task> send) : IMessageRoute
{
    public string Name => "direct";

    public async Task SendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await send(message, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new RouteException("The call was not answered.", exception);
        }
    }
}

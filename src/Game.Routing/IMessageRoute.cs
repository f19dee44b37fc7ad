namespace Game.Routing;

/// <summary>A way for messages. Safe for concurrent use.</summary>
public interface IMessageRoute
{
    /// <summary>For metrics and status.</summary>
    string Name { get; }

    /// <summary>Completes when the message has arrived durably, or as durably as this way is.</summary>
    /// <exception cref="RouteException">It may or may not have arrived: the way is closed, or the answer is missing.</exception>
    Task SendAsync(GameMessage message, CancellationToken cancellationToken);
}

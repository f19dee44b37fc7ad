namespace Game.Routing;

/// <summary>
/// A durable place at another broker where messages of this process wait, in order, until their own way is open again. Safe for
/// concurrent use.
/// </summary>
public interface IParkingPlace : IMessageRoute
{
    /// <summary>Takes what is parked out, in the order of each key, as long as it can be delivered.</summary>
    /// <param name="deliver">False: it could not be delivered and stays, with what came after it under its key.</param>
    /// <param name="cancellationToken">Ends it; what was not delivered stays.</param>
    /// <returns>True if nothing is left.</returns>
    /// <exception cref="RouteException">The place cannot be reached.</exception>
    Task<bool> DrainAsync(Func<GameMessage, Task<bool>> deliver, CancellationToken cancellationToken);
}

namespace Game.Embedded;

/// <summary>
/// Carries the events of one stream provider through something that outlives the silo. The silo starts and stops it. Safe for
/// concurrent use, but for starting and stopping.
/// </summary>
public interface IStreamTransport
{
    /// <summary>The provider's name.</summary>
    string ProviderName { get; }

    /// <summary>Takes events; completes when they are durable. What is taken comes back through <see cref="IStreamDelivery"/>.</summary>
    Task ProduceAsync(StreamId streamId, IReadOnlyList<object> items);

    /// <summary>Begins to deliver. Called once, when grains can be called.</summary>
    Task StartAsync(IStreamDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Begins no more deliveries; those under way go on. Called before grains are drained.</summary>
    Task DrainAsync();

    /// <summary>Writes down how far deliveries have come, and lets go of everything. Again: nothing.</summary>
    Task StopAsync();
}

/// <summary>How a transport delivers the events of its streams. Safe for concurrent use.</summary>
public interface IStreamDelivery
{
    /// <summary>
    /// Puts an event at the end of the queues of all grains that are implicitly subscribed. Calls for one stream must come one
    /// after the other, with rising positions.
    /// </summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="item">The event.</param>
    /// <param name="position">Its position, the sequence number of its token.</param>
    /// <param name="settled">
    /// Called once, when all of them have taken it (null), or when one has not within the time for deliveries and skips it (why). Not
    /// called if the silo ends before. Must not throw.
    /// </param>
    /// <returns>False if the silo takes no more events.</returns>
    bool TryDeliver(StreamId streamId, object item, long position, Action<Exception?> settled);
}

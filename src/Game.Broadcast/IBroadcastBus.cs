namespace Game.Broadcast;

/// <summary>
/// What joins shards: topic exchanges and durable queues. RabbitMQ and the in-process bus give the same guarantees; the
/// compliance suite says which. Safe for concurrent use.
/// </summary>
public interface IBroadcastBus : IAsyncDisposable
{
    /// <summary>How it fares at this moment; answers at once, whatever the broker does.</summary>
    BusHealth Health { get; }

    /// <summary>
    /// Declares a durable queue with its bindings; declaring it again with the same settings does nothing, bindings are
    /// added. A queue holds what was published after its binding was declared. The prefetch belongs to the consumer: the
    /// last one declared applies to the consumers that start after it.
    /// </summary>
    /// <exception cref="ArgumentException">A name or number is outside <see cref="BroadcastLimits"/>.</exception>
    /// <remarks>A broker that is slow or away is waited for, until the token or the end of the bus; the log says how far it is.</remarks>
    /// <exception cref="BroadcastException">The queue exists with another delivery limit; the message names both. Or the bus refuses this process.</exception>
    ValueTask DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken = default);

    /// <summary>
    /// Completes when every bound queue holds the message, durably unless it is transient (a confirm), or no queue is bound, which is counted: nobody is
    /// there to hear it, or a binding is lost, and those of this process are put back. Messages of one caller
    /// that are published in order, without waiting in between, arrive in that order; after a publish that was not
    /// confirmed, later ones may have arrived. It always ends: the bus limits the time of each publish from the moment it is
    /// sent, and callers need no limit of their own. Cancelling ends the waiting, not the publishing. The body must not be
    /// changed afterwards.
    /// </summary>
    /// <exception cref="ArgumentException">The message is outside <see cref="BroadcastLimits"/>: it will never be accepted.</exception>
    /// <exception cref="BroadcastException">Not confirmed: it may or may not be in the queues; publish it again.</exception>
    ValueTask PublishAsync(BroadcastMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// Consumes a queue as its single active consumer; a second consumer returns at once and waits until the first is
    /// disposed. Up to <see cref="QueueDeclaration.Prefetch"/> deliveries are handed to <paramref name="handler"/> at a
    /// time, one batch after the other, in the queue's order; what was not acknowledged comes again before anything later
    /// is handed out, and what has failed before comes alone. Disposing cancels the handler's token and waits for the
    /// batch under way; what that leaves unsettled goes back uncounted.
    /// </summary>
    /// <exception cref="BroadcastException">The queue was not declared, or the bus is away.</exception>
    ValueTask<IAsyncDisposable> ConsumeAsync(
        string queue, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken cancellationToken = default);

    /// <summary>
    /// Up to <paramref name="count"/> (1–<see cref="BroadcastLimits.MaxDeadLetterPage"/>) dead letters of a queue, oldest
    /// first, after <paramref name="after"/> (exclusive; 0 = the oldest).
    /// </summary>
    /// <exception cref="BroadcastException">The queue was not declared, or the bus is away.</exception>
    ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts a dead letter back at the end of its queue (of no other) with a fresh delivery count, no time to live and no link.
    /// False if there is none such.
    /// </summary>
    /// <exception cref="BroadcastException">The queue was not declared, or the bus is away: ask again.</exception>
    ValueTask<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default);

    /// <summary>Throws a dead letter away, for good. False if there is none such.</summary>
    /// <exception cref="BroadcastException">The queue was not declared, or the bus is away: ask again.</exception>
    ValueTask<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default);

    /// <summary>Messages waiting or unacknowledged, and dead letters, of a queue.</summary>
    /// <exception cref="BroadcastException">The queue was not declared, or the bus is away.</exception>
    ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes queues of an earlier build out of service: one that holds nothing and that nobody consumes is deleted, and its dead letters
    /// become those of <paramref name="successor"/>; one that holds something and that nobody consumes gets nothing more. Queues that are not
    /// there are retired.
    /// </summary>
    /// <param name="queues">As they were declared, in the order in which they were.</param>
    /// <param name="successor">A queue that is bound to all they were bound to.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Those that are left: consume what waits in them, and ask again.</returns>
    /// <exception cref="BroadcastException">The bus is away: ask again.</exception>
    ValueTask<IReadOnlyList<string>> RetireQueuesAsync(
        IReadOnlyList<QueueDeclaration> queues, string successor, CancellationToken cancellationToken = default);
}

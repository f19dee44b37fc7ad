namespace Game.Broadcast;

/// <summary>
/// What joins shards: topic exchanges and durable queues. RabbitMQ and the in-process bus give the same guarantees; the
/// compliance suite says which. Safe for concurrent use.
/// </summary>
public interface IBroadcastBus : IAsyncDisposable
{
    /// <summary>
    /// Declares a durable queue with its bindings; declaring it again with the same settings does nothing, bindings are added.
    /// </summary>
    /// <exception cref="BroadcastException">The queue exists with other settings; the message names both.</exception>
    ValueTask DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken = default);

    /// <summary>
    /// Completes when every bound queue holds the message durably (a confirm). Messages of one caller that are published
    /// in order, without waiting in between, arrive in that order.
    /// </summary>
    /// <exception cref="BroadcastException">Not confirmed: it may or may not be in the queues; publish it again.</exception>
    ValueTask PublishAsync(BroadcastMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// Consumes a queue as its single active consumer; a second consumer waits until the first is disposed. Up to
    /// <see cref="QueueDeclaration.Prefetch"/> deliveries are handed to <paramref name="handler"/> at a time, one batch
    /// after the other; disposing waits for the batch under way.
    /// </summary>
    ValueTask<IAsyncDisposable> ConsumeAsync(
        string queue, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken cancellationToken = default);

    /// <summary>Dead letters of a queue, oldest first, after <paramref name="after"/> (exclusive; 0 = the oldest).</summary>
    ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken = default);

    /// <summary>Puts a dead letter back at the end of its queue with a fresh delivery count. False if there is none such.</summary>
    ValueTask<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default);

    /// <summary>Messages waiting or unacknowledged, and dead letters, of a queue.</summary>
    ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default);
}

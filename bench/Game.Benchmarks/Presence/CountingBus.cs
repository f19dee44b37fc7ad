using Game.Broadcast;

namespace Game.Benchmarks.Presence;

/// <summary>Counts what is published under some routing keys, and how often it is delivered.</summary>
internal sealed class CountingBus(IBroadcastBus bus, string keyPrefix) : IBroadcastBus
{
    private long _published;
    private long _bytes;
    private long _delivered;

    public (long Published, long Bytes, long Delivered) Counts =>
        (Interlocked.Read(ref _published), Interlocked.Read(ref _bytes), Interlocked.Read(ref _delivered));

    public ValueTask DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken = default) =>
        bus.DeclareQueueAsync(queue, cancellationToken);

    public ValueTask PublishAsync(BroadcastMessage message, CancellationToken cancellationToken = default)
    {
        if (IsCounted(message))
        {
            Interlocked.Increment(ref _published);
            Interlocked.Add(ref _bytes, message.Body.Length);
        }

        return bus.PublishAsync(message, cancellationToken);
    }

    public ValueTask<IAsyncDisposable> ConsumeAsync(
        string queue, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken cancellationToken = default) =>
        bus.ConsumeAsync(
            queue,
            (batch, stopping) =>
            {
                Interlocked.Add(ref _delivered, batch.Count(delivery => IsCounted(delivery.Message)));
                return handler(batch, stopping);
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken = default) =>
        bus.ListDeadLettersAsync(queue, after, count, cancellationToken);

    public ValueTask<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default) =>
        bus.ReplayDeadLetterAsync(queue, id, cancellationToken);

    public ValueTask<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default) =>
        bus.DiscardDeadLetterAsync(queue, id, cancellationToken);

    public BusHealth Health => bus.Health;

    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) =>
        bus.GetDepthAsync(queue, cancellationToken);

    public ValueTask<IReadOnlyList<string>> RetireQueuesAsync(
        IReadOnlyList<QueueDeclaration> queues, string successor, CancellationToken cancellationToken = default) =>
        bus.RetireQueuesAsync(queues, successor, cancellationToken);

    public ValueTask DisposeAsync() => bus.DisposeAsync();

    private bool IsCounted(BroadcastMessage message) => message.RoutingKey.StartsWith(keyPrefix, StringComparison.Ordinal);
}

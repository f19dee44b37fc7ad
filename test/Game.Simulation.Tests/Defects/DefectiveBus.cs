using Game.Broadcast;

namespace Game.Simulation.Tests;

/// <summary>One life's connection to the bus with a planted defect.</summary>
internal sealed class DefectiveBus(World world, SimulatedConnection bus) : IBroadcastBus
{
    private const double SentAgain = 0.1;
    private const int MuchLater = 1000;

    private Defect Defect => world.Plan.Defect;

    public BusHealth Health => bus.Health;

    public ValueTask DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken = default) =>
        bus.DeclareQueueAsync(queue, cancellationToken);

    public ValueTask PublishAsync(BroadcastMessage message, CancellationToken cancellationToken = default)
    {
        switch (Defect)
        {
            case Defect.ConfirmedEarly:
                world.Run(() => SendAsync(HideGaps(message)));
                return ValueTask.CompletedTask;
            case Defect.FreshMessageId when message.SourcePosition > 0 && world.Happens(SentAgain):
                var number = int.Parse(message.Id[(message.Id.LastIndexOf('/') + 1)..], null);
                world.Run(() => SendAsync(message with { Id = $"{message.SourceShard}/{message.SourcePosition}/{number + MuchLater}", Link = null }));
                break;
            case Defect.GapNotSeen or Defect.AcknowledgedEarly:
                message = HideGaps(message);
                break;
        }

        return bus.PublishAsync(message, cancellationToken);
    }

    public ValueTask<IReadOnlyList<string>> RetireQueuesAsync(
        IReadOnlyList<QueueDeclaration> queues, string successor, CancellationToken cancellationToken = default) =>
        bus.RetireQueuesAsync(queues, successor, cancellationToken);

    public ValueTask<IAsyncDisposable> ConsumeAsync(
        string queue, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken cancellationToken = default) =>
        bus.ConsumeAsync(queue, Defect == Defect.AcknowledgedEarly ? (batch, stopping) => AcknowledgeAsync(batch, handler, stopping) : handler, cancellationToken);

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken = default) =>
        bus.ListDeadLettersAsync(queue, after, count, cancellationToken);

    public ValueTask<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default) =>
        bus.ReplayDeadLetterAsync(queue, id, cancellationToken);

    public ValueTask<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default) =>
        bus.DiscardDeadLetterAsync(queue, id, cancellationToken);

    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) => bus.GetDepthAsync(queue, cancellationToken);

    public ValueTask DisposeAsync() => bus.DisposeAsync();

    /// <summary>Whoever gets it takes it as next, whatever is missing before it.</summary>
    private static BroadcastMessage HideGaps(BroadcastMessage message) =>
        message.Link is { } link ? message with { Link = link with { Previous = 0 } } : message;

    private async Task SendAsync(BroadcastMessage message)
    {
        try
        {
            await bus.PublishAsync(message);
        }
        catch (BroadcastException exception)
        {
            // Nobody waits for it: that is the defect.
            world.Trace.Add($"defect: {message.Id} was not sent: {exception.Message}");
        }
    }

    private Task AcknowledgeAsync(
        IReadOnlyList<Delivery> batch, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken stopping)
    {
        List<Delivery> forgotten = [.. batch.Select(delivery => new Forgotten(delivery))];
        foreach (var delivery in batch)
        {
            delivery.Ack();
        }

        world.Run(() => handler(forgotten, stopping));
        return Task.CompletedTask;
    }

    /// <summary>A delivery of which the queue knows no more, whatever becomes of it.</summary>
    private sealed class Forgotten(Delivery delivery) : Delivery
    {
        public override BroadcastMessage Message { get; } = delivery.Message;

        public override int Attempt { get; } = delivery.Attempt;

        public override void Ack()
        {
        }

        public override void Postpone()
        {
        }

        public override void Retry(string reason)
        {
        }

        public override void Reject(string reason)
        {
        }
    }
}

using Microsoft.Extensions.Logging;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// A consumer for as long as its channel lives: hands out batches and settles them. Messages that come again stay here, in
/// their place, unacknowledged; given back to the broker they would count as delivered once more, and later ones could
/// overtake them.
/// </summary>
internal sealed partial class ConsumerSession(
    QueueDeclaration queue,
    Intake intake,
    Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler,
    ConsumerServices services) : IAsyncDisposable
{
    private readonly DeliveryWindow _window = new();
    private readonly FailureMemory _failures = new(queue.Name, queue.Transient, services.DeadLetters, services.Clock);

    /// <summary>Returns when it is told to stop.</summary>
    /// <param name="worked">Called after a batch that went well.</param>
    /// <param name="stopping">Ends it after the batch under way.</param>
    /// <exception cref="BroadcastException">The broker ended it.</exception>
    public async Task RunAsync(Action worked, CancellationToken stopping)
    {
        var setbacks = 0;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                if (await TakeReceivedAsync(stopping) is { Count: > 0 } batch)
                {
                    setbacks = await DeliverAsync(batch, stopping) ? setbacks + 1 : 0;
                }

                if (setbacks == 0)
                {
                    worked();
                }
                else
                {
                    await Task.Delay(services.Options.Backoff(setbacks), services.Clock, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What it has not settled goes back as it came.
        }

        await _failures.TidyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await intake.DisposeAsync();

        // So that the queue has them when this returns; a consumer that stood by may take them at once.
        await services.Reader.WaitForAsync(queue.Name, _window.Count);
    }

    /// <returns>The next batch, without what is too old.</returns>
    private async Task<IReadOnlyList<RabbitMqDelivery>> TakeReceivedAsync(CancellationToken stopping)
    {
        if (_window.Count == 0)
        {
            await intake.Received.WaitToReadAsync(stopping);
        }

        while (intake.Received.TryRead(out var message))
        {
            // The first message says that this consumer is the active one now.
            await _failures.LoadAsync();
            _window.Add(message, _failures.Of(message));
        }

        var batch = _window.Next();
        var now = services.Clock.GetUtcNow();
        if (batch.Any(delivery => delivery.Received.ExpiresAt <= now))
        {
            var expired = batch.Where(delivery => delivery.Received.ExpiresAt <= now).ToList();
            await SettleAsync(expired.ConvertAll(delivery => delivery.Received));
            services.Metrics.Settled(queue.Name, DeliveryOutcome.Expired, expired.Count);
            return [.. batch.Except(expired)];
        }

        return batch;
    }

    /// <returns>Whether some of the batch come again.</returns>
    private async Task<bool> DeliverAsync(IReadOnlyList<RabbitMqDelivery> batch, CancellationToken stopping)
    {
        await HandleAsync(batch, stopping);
        var done = new List<ReceivedMessage>();
        var returned = false;
        foreach (var delivery in batch)
        {
            var message = delivery.Received;
            switch (delivery.Outcome)
            {
                case DeliveryOutcome.Acknowledged:
                    done.Add(message);
                    break;
                case DeliveryOutcome.Postponed:
                    _window.Return(message, delivery.Attempt - 1);
                    returned = true;
                    break;
                case DeliveryOutcome.Retried when delivery.Attempt < queue.DeliveryLimit:
                    _failures.Count(message);
                    _window.Return(message, delivery.Attempt);
                    returned = true;
                    break;
                default:
                    await services.DeadLetters.BuryAsync(queue.Name, message, delivery.Reason, delivery.Attempt);
                    services.Metrics.DeadLettered(queue.Name, 1);
                    done.Add(message);
                    break;
            }
        }

        await SettleAsync(done);
        foreach (var group in batch.GroupBy(delivery => delivery.Outcome))
        {
            services.Metrics.Settled(queue.Name, group.Key, group.Count());
        }

        return returned;
    }

    private async Task HandleAsync(IReadOnlyList<RabbitMqDelivery> batch, CancellationToken stopping)
    {
        foreach (var delivery in batch)
        {
            if (delivery.Received.Complaint is { } complaint)
            {
                delivery.Reject(complaint);
            }
        }

        var readable = batch.All(delivery => delivery.Outcome == DeliveryOutcome.None)
            ? batch
            : [.. batch.Where(delivery => delivery.Outcome == DeliveryOutcome.None)];
        var failure = "The handler did not settle it.";
        if (readable.Count > 0)
        {
            try
            {
                await handler(readable, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The consumer stops; what it has not settled goes back.
            }
            catch (Exception exception)
            {
                LogHandlerFailed(services.Logger, queue.Name, readable.Count, exception);
                failure = exception.Message;
            }
        }

        foreach (var delivery in readable)
        {
            delivery.TrySettle(stopping.IsCancellationRequested ? DeliveryOutcome.Postponed : DeliveryOutcome.Retried, failure);
        }
    }

    /// <summary>Acknowledges, after which the messages are gone, and keeps what changed of the failures.</summary>
    private async Task SettleAsync(IReadOnlyList<ReceivedMessage> messages)
    {
        foreach (var message in messages)
        {
            _failures.Forget(message);
        }

        var oldest = _window.Remove(messages);
        await intake.AcknowledgeAsync(messages, oldest);
        await _failures.SaveAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of queue {Queue} failed over a batch of {Count}.")]
    private static partial void LogHandlerFailed(ILogger logger, string queue, int count, Exception exception);
}

using Game.Broadcast;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Broadcast;

/// <summary>
/// Consumes a shard's durable queues and hands what arrives to its grains. A message is acknowledged after its effect is
/// durable; one that cannot be understood becomes a dead letter, one that finds the store away waits.
/// </summary>
public sealed partial class ShardInbox(
    IBroadcastBus bus, InboxRules rules, EventCodec codec, ShardIdentity shard, ILogger<ShardInbox> logger) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _consumers = [];

    /// <summary>Declares the queues and their bindings: from here on nothing sent to this shard is lost.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in BroadcastRoutes.QueuesOf(shard.Name))
        {
            await bus.DeclareQueueAsync(queue, cancellationToken);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in BroadcastRoutes.QueuesOf(shard.Name))
        {
            _consumers.Add(await bus.ConsumeAsync(queue.Name, HandleAsync, cancellationToken));
        }
    }

    /// <summary>Stops consuming; waits for the batch under way.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var consumer in _consumers)
        {
            await consumer.DisposeAsync();
        }

        _consumers.Clear();
    }

    /// <summary>
    /// Higher priorities first, and of one priority streams side by side, each in its own order: what follows a message that
    /// must come again comes again with it. A war that is cancelled must not be offered after that. Only notifications of one
    /// stream differ in priority, and no two of them depend on each other.
    /// </summary>
    private async Task HandleAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
    {
        foreach (var priority in batch.GroupBy(delivery => delivery.Message.Priority).OrderByDescending(group => group.Key))
        {
            await Task.WhenAll(priority
                .GroupBy(delivery => (delivery.Message.SourceShard, delivery.Message.SourceStream)).Select(HandleStreamAsync));
        }
    }

    private async Task HandleStreamAsync(IEnumerable<Delivery> deliveries)
    {
        var waits = false;
        foreach (var delivery in deliveries)
        {
            if (waits)
            {
                delivery.Postpone();
            }
            else
            {
                waits = !await TryHandleAsync(delivery);
            }
        }
    }

    /// <returns>False if the message comes again.</returns>
    private async Task<bool> TryHandleAsync(Delivery delivery)
    {
        var message = delivery.Message;
        try
        {
            var fact = codec.Decode(message.SourceStream, message.SourcePosition, message.Type, message.SchemaVersion, message.Body);
            if (await rules.HandleAsync(message.Id, message.SourceShard, message.SourceStream, fact) is null)
            {
                delivery.Ack();
                return true;
            }

            delivery.Postpone();
            return false;
        }
        catch (Exception exception) when (
            exception is TimeoutException or EventStoreException or OrleansException or OperationCanceledException)
        {
            LogPostponed(logger, message.Id, message.Type, exception);
            delivery.Postpone();
            return false;
        }
        catch (Exception exception) when (exception is EventCodecException or NotSupportedException)
        {
            LogRejected(logger, message.Id, message.Type, exception);
            delivery.Reject(exception.Message);
            return true;
        }
        catch (Exception exception)
        {
            LogFailed(logger, message.Id, message.Type, delivery.Attempt, exception);
            delivery.Retry(exception.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Id} ({Type}) waits: its grain, silo or store did not answer.")]
    private static partial void LogPostponed(ILogger logger, string id, string type, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Id} ({Type}) cannot be understood and becomes a dead letter.")]
    private static partial void LogRejected(ILogger logger, string id, string type, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Id} ({Type}) failed at delivery {Attempt}.")]
    private static partial void LogFailed(ILogger logger, string id, string type, int attempt, Exception exception);
}

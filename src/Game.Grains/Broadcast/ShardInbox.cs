using System.Diagnostics;
using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.EventStore;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Broadcast;

/// <summary>
/// Consumes a shard's durable queues and hands what arrives to its grains. A message is acknowledged after its effect and its
/// mark are durable; one that cannot be understood becomes a dead letter, one that finds the store away waits.
/// </summary>
public sealed partial class ShardInbox(
    IBroadcastBus bus, InboxRules rules, EventCodec codec, IGrainFactory grains, ShardIdentity shard, TimeProvider clock, ILogger<ShardInbox> logger)
    : IAsyncDisposable
{
    private static readonly ActivitySource Traces = new("Game.Broadcast");

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
        foreach (var exchange in BroadcastRoutes.All)
        {
            _consumers.Add(await bus.ConsumeAsync(
                BroadcastRoutes.QueueOf(exchange, shard.Name), (batch, _) => HandleAsync(exchange, batch), cancellationToken));
        }

        var asks = new ResyncInbox(bus, grains, shard, clock);
        _consumers.Add(await bus.ConsumeAsync(Resync.NameOf(shard.Name), asks.HandleAsync, cancellationToken));
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

    private async Task HandleAsync(string route, IReadOnlyList<Delivery> batch)
    {
        var arrivals = batch.Select(delivery => Read(route, delivery)).ToList();
        var linked = arrivals.Where(arrival => arrival.Step is not null).ToList();
        var marks = grains.GetGrain<IBroadcastInboxGrain>(shard.Name);
        try
        {
            if (linked.Count > 0)
            {
                var verdicts = await marks.JudgeAsync(route, linked.ConvertAll(arrival => arrival.Step!));
                for (var i = 0; i < linked.Count; i++)
                {
                    linked[i].Take(verdicts[i]);
                }
            }

            // Streams side by side, each in its own order: what follows a message that must come again comes again with it. A
            // war that is cancelled must not be offered after that.
            await Task.WhenAll(arrivals.Where(arrival => arrival.Verdict == ChainVerdict.Next)
                .GroupBy(arrival => (arrival.Message.SourceShard, arrival.Message.SourceStream)).Select(HandleStreamAsync));
            var done = linked.Where(arrival => arrival.IsMark || (arrival.Verdict == ChainVerdict.Next && arrival.IsDone)).ToList();
            if (done.Count > 0)
            {
                await marks.SettleAsync(route, done.ConvertAll(arrival => arrival.Step!));
            }
        }
        catch (Exception exception) when (IsAway(exception))
        {
            // The effects may be durable, the marks are not: all comes again, and finds its commands stored.
            LogPostponed(logger, batch[0].Message.Id, batch[0].Message.Type, exception);
            foreach (var arrival in arrivals.Where(arrival => arrival.Step is not null || !arrival.IsDone))
            {
                arrival.Conclude = delivery => delivery.Postpone();
            }
        }

        foreach (var arrival in arrivals)
        {
            arrival.Conclude(arrival.Delivery);
        }
    }

    /// <summary>Understands a message, or finds out why nobody can.</summary>
    private Arrival Read(string route, Delivery delivery)
    {
        var message = delivery.Message;
        var arrival = new Arrival(delivery);
        try
        {
            if (message.Type == Resync.SentType)
            {
                var sent = Resync.Read<SentSoFar>(message);
                arrival.IsMark = true;
                arrival.Step = new ChainStep(message.SourceShard, sent.Chain, sent.Place, sent.Place);
                return MessageClaims.IsShard(message.SourceShard, shard) && sent.Place > 0
                    ? arrival
                    : throw new EventCodecException($"'{message.SourceShard}' cannot have sent up to {sent.Place}.", null);
            }

            if (MessageClaims.Check(message, codec.TypeOf(message.Type), route, shard) is { } contradiction)
            {
                throw new EventCodecException(contradiction, null);
            }

            arrival.Fact = codec.Decode(message.SourceStream, message.SourcePosition, message.Type, message.SchemaVersion, message.Body);
        }
        catch (EventCodecException exception)
        {
            LogRejected(logger, message.Id, message.Type, exception.Message);
            arrival.Reject(exception.Message);
        }

        // Poison keeps its place in its chain if it has an honest one: what follows it does not wait for it.
        arrival.Step ??= message.Link is { } link && MessageClaims.Check(message, null, route, shard) is null
            ? new ChainStep(message.SourceShard, link.Chain, link.Place, link.Previous)
            : null;
        return arrival;
    }

    private async Task HandleStreamAsync(IEnumerable<Arrival> arrivals)
    {
        var waits = false;
        foreach (var arrival in arrivals.Where(arrival => arrival.Fact is not null))
        {
            if (waits)
            {
                arrival.Conclude = delivery => delivery.Postpone();
            }
            else
            {
                await HandleAsync(arrival);
                waits = !arrival.IsDone;
            }
        }
    }

    private async Task HandleAsync(Arrival arrival)
    {
        var message = arrival.Message;
        using var activity = Traces.StartActivity($"receive {message.Type}", ActivityKind.Consumer, message.TraceParent);
        activity?.SetTag("messaging.system", "game.broadcast")
            .SetTag("messaging.destination.name", message.RoutingKey)
            .SetTag("messaging.message.id", message.Id);
        try
        {
            if (await rules.HandleAsync(message.Id, message.SourceShard, message.SourceStream, arrival.Fact!) is null)
            {
                arrival.IsDone = true;
            }
            else
            {
                arrival.Conclude = delivery => delivery.Postpone();
            }
        }
        catch (Exception exception) when (IsAway(exception))
        {
            LogPostponed(logger, message.Id, message.Type, exception);
            arrival.Conclude = delivery => delivery.Postpone();
        }
        catch (NotSupportedException exception)
        {
            LogRejected(logger, message.Id, message.Type, exception.Message);
            arrival.Reject(exception.Message);
        }
        catch (Exception exception)
        {
            LogFailed(logger, message.Id, message.Type, arrival.Delivery.Attempt, exception);
            if (arrival.Delivery.Attempt < BroadcastRoutes.DeliveryLimit)
            {
                arrival.Conclude = delivery => delivery.Retry(exception.Message);
            }
            else
            {
                // Given up, and settled as such: its chain goes on behind it.
                arrival.Reject(exception.Message);
            }
        }
    }

    private static bool IsAway(Exception exception) =>
        exception is TimeoutException or EventStoreException or OrleansException or OperationCanceledException;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Id} ({Type}) waits: its grain, silo or store did not answer.")]
    private static partial void LogPostponed(ILogger logger, string id, string type, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Id} ({Type}) cannot be understood and becomes a dead letter: {Reason}")]
    private static partial void LogRejected(ILogger logger, string id, string type, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Id} ({Type}) failed at delivery {Attempt}.")]
    private static partial void LogFailed(ILogger logger, string id, string type, int attempt, Exception exception);

    /// <summary>A delivery, and what becomes of it.</summary>
    private sealed class Arrival(Delivery delivery)
    {
        public Delivery Delivery => delivery;

        public BroadcastMessage Message => delivery.Message;

        /// <summary>Null: it cannot be understood, or is a mark.</summary>
        public Contracts.GameEvent? Fact { get; set; }

        /// <summary>Null: it belongs to no chain.</summary>
        public ChainStep? Step { get; set; }

        public bool IsMark { get; set; }

        public ChainVerdict Verdict { get; private set; }

        /// <summary>Its effect is durable, or it will never have one.</summary>
        public bool IsDone { get; set; }

        public Action<Delivery> Conclude { get; set; } = done => done.Ack();

        /// <summary>What is not next had its effect, or comes again behind what is missing: the queue is done with it either way.</summary>
        public void Take(ChainVerdict verdict) => Verdict = verdict;

        public void Reject(string reason)
        {
            Conclude = delivery => delivery.Reject(reason);
            IsDone = true;
        }
    }
}

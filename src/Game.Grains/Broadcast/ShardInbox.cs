using System.Diagnostics;
using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.Contracts.Identity;
using Game.Contracts.Shards;
using Game.EventStore;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;
using Game.Grains.Shards;
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
    private readonly KnownShards _known = new(grains, shard);

    /// <summary>Declares the queues and their bindings: from here on nothing sent to this shard is lost.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in BroadcastRoutes.QueuesOf(shard.Name))
        {
            await bus.DeclareQueueAsync(queue.Declaration, cancellationToken);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var asks = new ResyncInbox(bus, grains, shard, clock);
        foreach (var queue in BroadcastRoutes.QueuesOf(shard.Name))
        {
            _consumers.Add(queue.Route == Exchanges.Resync
                ? await bus.ConsumeAsync(queue.Name, asks.HandleAsync, cancellationToken)
                : await bus.ConsumeAsync(queue.Name, (batch, _) => HandleAsync(queue, batch), cancellationToken));
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

    private async Task HandleAsync(ShardQueue queue, IReadOnlyList<Delivery> batch)
    {
        var route = queue.Route;
        List<Arrival> arrivals = [];
        try
        {
            var strangers = await FindStrangersAsync(batch);
            arrivals.AddRange(batch.Select(delivery => Read(queue, delivery, strangers)));
            var linked = arrivals.Where(arrival => arrival.Step is not null).ToList();
            var marks = grains.GetGrain<IBroadcastInboxGrain>(shard.Name);
            if (linked.Count > 0)
            {
                var verdicts = await marks.JudgeAsync(route, linked.ConvertAll(arrival => arrival.Step!));
                for (var i = 0; i < linked.Count; i++)
                {
                    linked[i].Take(verdicts[i]);
                }
            }

            await HandleAsync(arrivals.Where(arrival => arrival.Verdict == ChainVerdict.Next));
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
            if (arrivals.Count == 0)
            {
                arrivals.AddRange(batch.Select(delivery => new Arrival(delivery)));
            }

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

    /// <summary>
    /// Higher priorities first, and of one priority streams side by side, each in its own order: what follows a message that
    /// must come again comes again with it. A war that is cancelled must not be offered after that. Only notifications of one
    /// stream differ in priority, and no two of them depend on each other.
    /// </summary>
    private async Task HandleAsync(IEnumerable<Arrival> arrivals)
    {
        foreach (var priority in arrivals.GroupBy(arrival => arrival.Message.Priority).OrderByDescending(group => group.Key))
        {
            await Task.WhenAll(priority
                .GroupBy(arrival => (arrival.Message.SourceShard, arrival.Message.SourceStream)).Select(HandleStreamAsync));
        }
    }

    /// <summary>
    /// Sources that are no shards of this game as far as this one knows. One that makes itself known in the same batch is none.
    /// </summary>
    private async Task<HashSet<string>> FindStrangersAsync(IReadOnlyList<Delivery> batch)
    {
        var strangers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in batch.Select(delivery => delivery.Message.SourceShard).Distinct(StringComparer.Ordinal))
        {
            if (!MessageClaims.IsShard(source, shard) && !await _known.ContainsAsync(source))
            {
                strangers.Add(source);
            }
        }

        strangers.ExceptWith(batch.Select(delivery => delivery.Message)
            .Where(message => ShardId.IsValid(message.SourceShard) && codec.TypeOf(message.Type) == typeof(ShardAnnounced))
            .Select(message => message.SourceShard));
        return strangers;
    }

    /// <summary>Understands a message, or finds out why nobody can.</summary>
    private Arrival Read(ShardQueue queue, Delivery delivery, HashSet<string> strangers)
    {
        var message = delivery.Message;
        var arrival = new Arrival(delivery);
        var isShard = !strangers.Contains(message.SourceShard);
        try
        {
            if (message.Type == Resync.SentType)
            {
                var sent = Resync.Read<SentSoFar>(message);
                if (!isShard || !queue.HasChains || sent.Place <= 0)
                {
                    throw new EventCodecException($"'{message.SourceShard}' cannot have sent up to {sent.Place}.", null);
                }

                arrival.IsMark = true;
                arrival.Step = new ChainStep(message.SourceShard, sent.Chain, sent.Place, sent.Place);
                return arrival;
            }

            if (MessageClaims.Check(message, codec.TypeOf(message.Type), queue, shard, isShard) is { } contradiction)
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
        arrival.Step ??= message.Link is { } link && MessageClaims.Check(message, null, queue, shard, isShard) is null
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

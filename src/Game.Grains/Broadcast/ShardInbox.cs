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

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly List<IAsyncDisposable> _consumers = [];
    private readonly KnownShards _known = new(grains, shard);
    private readonly ResyncInbox _asks = new(bus, grains, shard, clock);
    private readonly CancellationTokenSource _stopping = new();
    private Task _upgrade = Task.CompletedTask;

    /// <summary>Declares the queues and their bindings: from here on nothing sent to this shard is lost.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in ShardQueues.Of(shard.Name))
        {
            await bus.DeclareQueueAsync(queue.Declaration, cancellationToken);
        }
    }

    /// <summary>
    /// Consumes the queues, that of the chains last: after a while away it is the long one, and what is urgent is not to begin behind it. What
    /// an earlier build has left in others of its own comes first, for it was sent before: until then the queue of the chains waits.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var left = await RetireFormerAsync(cancellationToken);
        foreach (var queue in ShardQueues.Of(shard.Name).Where(queue => left.Count == 0 || !queue.HasChains).OrderBy(queue => queue.HasChains))
        {
            await ConsumeAsync(queue, cancellationToken);
        }

        if (left.Count > 0)
        {
            LogUpgrading(logger, left.Count, string.Join(", ", left));
            _upgrade = UpgradeAsync(left, _stopping.Token);
        }
    }

    /// <summary>Stops consuming; waits for the batch under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _upgrade;
        foreach (var consumer in _consumers)
        {
            await consumer.DisposeAsync();
        }

        _consumers.Clear();
    }

    private async Task ConsumeAsync(ShardQueue queue, CancellationToken cancellationToken) =>
        _consumers.Add(await bus.ConsumeAsync(queue.Name, (batch, stopping) => HandleAsync(queue, batch, stopping), cancellationToken));

    private async Task<IReadOnlyList<ShardQueue>> RetireFormerAsync(CancellationToken cancellationToken)
    {
        var former = ShardQueues.FormerOf(shard.Name);
        var left = await bus.RetireQueuesAsync(
            [.. former.Select(queue => queue.Declaration)], ShardQueues.NameOf(Exchanges.Guild, shard.Name), cancellationToken);
        return [.. former.Where(queue => left.Contains(queue.Name))];
    }

    /// <summary>
    /// Consumes what is left of an earlier build's queues, beside a silo of that build as long as one runs, and begins with the queue of
    /// the chains when they are gone.
    /// </summary>
    private async Task UpgradeAsync(IReadOnlyList<ShardQueue> left, CancellationToken stopping)
    {
        try
        {
            while (left.Count > 0)
            {
                try
                {
                    await DrainAsync(left, stopping);
                    left = await RetireFormerAsync(stopping);
                }
                catch (BroadcastException exception)
                {
                    LogUpgradeWaits(logger, exception.Message);
                }

                await Task.Delay(BetweenLooks * (1 + Random.Shared.NextDouble()), clock, stopping);
            }

            await ConsumeAsync(ShardQueues.Of(shard.Name).Single(queue => queue.HasChains), stopping);
            LogUpgraded(logger);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next start goes on with it.
        }
    }

    private async Task DrainAsync(IReadOnlyList<ShardQueue> former, CancellationToken stopping)
    {
        List<IAsyncDisposable> consumers = [];
        try
        {
            // What is transient is not waited for: it goes with the silo that has it.
            former = [.. former.Where(queue => !queue.Declaration.Transient)];
            foreach (var queue in former)
            {
                consumers.Add(await bus.ConsumeAsync(queue.Name, (batch, ending) => HandleAsync(queue, batch, ending), stopping));
            }

            foreach (var queue in former)
            {
                while (await bus.GetDepthAsync(queue.Name, stopping) is not { Ready: 0, Unacknowledged: 0 })
                {
                    await Task.Delay(BetweenLooks, clock, stopping);
                }
            }
        }
        finally
        {
            foreach (var consumer in consumers)
            {
                await consumer.DisposeAsync();
            }
        }
    }

    /// <summary>What other shards ask beside the rest: neither waits for the other within a batch.</summary>
    private Task HandleAsync(ShardQueue queue, IReadOnlyList<Delivery> batch, CancellationToken stopping)
    {
        var asks = batch.Where(delivery => Resync.IsAsk(delivery.Message)).ToList();
        return asks.Count == 0 ? HandleAsync(queue, batch)
            : asks.Count == batch.Count ? _asks.HandleAsync(batch, stopping)
            : Task.WhenAll(_asks.HandleAsync(asks, stopping), HandleAsync(queue, [.. batch.Except(asks)]));
    }

    private async Task HandleAsync(ShardQueue queue, IReadOnlyList<Delivery> batch)
    {
        List<Arrival> arrivals = [];
        try
        {
            var strangers = await FindStrangersAsync(batch);
            arrivals.AddRange(batch.Select(delivery => Read(queue, delivery, strangers)));

            // Routes side by side: one whose grains are slow is waited for at the end of the batch only.
            await Task.WhenAll(arrivals.GroupBy(arrival => arrival.Route).Select(route => HandleRouteAsync(route.Key, [.. route])));
        }
        catch (Exception exception) when (IsAway(exception))
        {
            // The effects may be durable, the marks are not: all comes again, and finds its commands stored.
            LogPostponed(logger, batch[0].Message.Id, batch[0].Message.Type, exception);
            if (arrivals.Count == 0)
            {
                arrivals.AddRange(batch.Select(delivery => new Arrival(delivery, null)));
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

    /// <param name="route">Not null where an arrival has a place in a chain.</param>
    /// <param name="arrivals">In the order of the queue.</param>
    private async Task HandleRouteAsync(string? route, List<Arrival> arrivals)
    {
        var linked = arrivals.Where(arrival => arrival.Step is not null).ToList();
        var marks = grains.GetGrain<IBroadcastInboxGrain>(shard.Name);
        if (linked.Count > 0)
        {
            var verdicts = await marks.JudgeAsync(route!, linked.ConvertAll(arrival => arrival.Step!));
            for (var i = 0; i < linked.Count; i++)
            {
                linked[i].Take(verdicts[i]);
            }
        }

        await HandleAsync(arrivals.Where(arrival => arrival.Verdict == ChainVerdict.Next));
        var done = linked.Where(arrival => arrival.IsMark || (arrival.Verdict == ChainVerdict.Next && arrival.IsDone)).ToList();
        if (done.Count > 0)
        {
            await marks.SettleAsync(route!, done.ConvertAll(arrival => arrival.Step!));
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
        var arrival = new Arrival(delivery, Resync.RouteOf(message, shard.Name));
        var isShard = !strangers.Contains(message.SourceShard);
        try
        {
            if (message.Type == Resync.SentType)
            {
                var sent = Resync.Read<SentSoFar>(message);
                if (!isShard || !queue.HasChains || arrival.Route is null || sent.Place <= 0)
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} queues of an earlier build are there and are emptied before this shard's own: {Queues}")]
    private static partial void LogUpgrading(ILogger logger, int count, string queues);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queues of an earlier build are not emptied yet: {Reason}")]
    private static partial void LogUpgradeWaits(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The queues of an earlier build are empty and gone; this shard consumes its own.")]
    private static partial void LogUpgraded(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Id} ({Type}) waits: its grain, silo or store did not answer.")]
    private static partial void LogPostponed(ILogger logger, string id, string type, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Id} ({Type}) cannot be understood and becomes a dead letter: {Reason}")]
    private static partial void LogRejected(ILogger logger, string id, string type, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Id} ({Type}) failed at delivery {Attempt}.")]
    private static partial void LogFailed(ILogger logger, string id, string type, int attempt, Exception exception);

    /// <summary>A delivery, and what becomes of it.</summary>
    private sealed class Arrival(Delivery delivery, string? route)
    {
        public Delivery Delivery => delivery;

        /// <summary>Null: it has come over none.</summary>
        public string? Route => route;

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

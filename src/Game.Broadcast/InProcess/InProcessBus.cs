using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Game.Broadcast.InProcess;

/// <summary>
/// The bus of shards that live in one process, over one SQLite file. Consumers get messages from memory while the file is
/// being written; a publish is confirmed when the file has it on disk. A queue without a consumer keeps a bounded window
/// in memory and the rest in the file.
/// </summary>
public sealed class InProcessBus : IBroadcastBus
{
    private const int MaxCachedRoutes = 16_384;

    private readonly InProcessBusOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly BusJournal _journal;
    private readonly BroadcastMetrics _metrics;
    private readonly ConcurrentDictionary<string, MessageQueue> _queues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<QueueConsumer, byte> _consumers = [];
    private readonly ConcurrentDictionary<long, byte> _replaying = [];

    // Everything that decides the order of the log happens under this lock.
    private readonly Lock _log = new();
    private readonly Dictionary<(string Exchange, string RoutingKey), MessageQueue[]> _routes = [];
    private long _head;
    private int _lastQueue;
    private int _unconfirmed;
    private bool _disposed;

    private InProcessBus(InProcessBusOptions options, TimeProvider clock, ILogger logger, BusDatabase database)
    {
        _options = options;
        _clock = clock;
        _logger = logger;
        _head = database.ReadHead();
        foreach (var queue in database.ReadQueues())
        {
            _queues[queue.Name] = queue;
            _lastQueue = Math.Max(_lastQueue, queue.Id);
        }

        database.ReadKeys(
            0,
            int.MaxValue,
            key =>
            {
                foreach (var queue in _queues.Values)
                {
                    queue.RestoreSpilled(key);
                }
            });
        _metrics = new BroadcastMetrics(() => _queues.Values.Select(queue => (queue.Name, queue.Depth)), () => Health);
        _journal = new BusJournal(database, FloorOfLog, key => _queues.Values.Any(queue => queue.MayHold(key)), logger);
        _journal.Start();
    }

    public BusHealth Health => new(Connected: true, Trouble: null, Blocked: false, Volatile.Read(ref _unconfirmed));

    /// <exception cref="BroadcastException">The file cannot be opened, is in use by another process, or is not a bus file.</exception>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static InProcessBus Open(InProcessBusOptions options, TimeProvider clock, ILogger<InProcessBus> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new InProcessBus(options, clock, logger, BusDatabase.Open(options.Path));
    }

    public async ValueTask DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken = default)
    {
        BroadcastLimits.ThrowIfInvalid(queue);
        cancellationToken.ThrowIfCancellationRequested();
        DeclareEntry entry;
        lock (_log)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_queues.TryGetValue(queue.Name, out var existing))
            {
                existing = new MessageQueue(++_lastQueue, queue, _head);
                _queues[queue.Name] = existing;
            }
            else if (existing.DeliveryLimit != queue.DeliveryLimit)
            {
                throw new BroadcastException(
                    $"Queue {queue.Name} exists with a delivery limit of {existing.DeliveryLimit}; {queue.DeliveryLimit} was declared.");
            }

            existing.Prefetch = queue.Prefetch;
            existing.Bind(queue.Bindings, _head);
            _routes.Clear();
            entry = new DeclareEntry(existing.Id, queue, existing.Watermark, existing.Bindings);
            _journal.Enqueue(entry);
        }

        await entry.Confirmed.WaitAsync(cancellationToken);
    }

    public ValueTask PublishAsync(BroadcastMessage message, CancellationToken cancellationToken = default)
    {
        BroadcastLimits.ThrowIfInvalid(message);
        cancellationToken.ThrowIfCancellationRequested();
        var started = _clock.GetTimestamp();
        var now = _clock.GetUtcNow();
        AppendEntry entry;
        lock (_log)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var queues = Route(message);
            if (queues.Length == 0)
            {
                _metrics.Published(TimeSpan.Zero);
                _metrics.Returned(message.Exchange);
                return ValueTask.CompletedTask;
            }

            if (Volatile.Read(ref _unconfirmed) >= _options.MaxUnconfirmed)
            {
                _metrics.Unconfirmed();
                throw new BroadcastException($"{_options.MaxUnconfirmed} publishes are waiting for their confirm.");
            }

            entry = Append(message, now, now + message.TimeToLive, null, null, queues);
        }

        return new ValueTask(ConfirmAsync(entry, started).WaitAsync(cancellationToken));
    }

    public ValueTask<IAsyncDisposable> ConsumeAsync(
        string queue, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        cancellationToken.ThrowIfCancellationRequested();
        var existing = Find(queue);
        lock (_log)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var consumer = new QueueConsumer(this, existing, handler, _options, _clock, _logger);
            _consumers[consumer] = 0;
            return new ValueTask<IAsyncDisposable>(consumer);
        }
    }

    public async ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, BroadcastLimits.MaxDeadLetterPage);
        var id = Find(queue).Id;
        return await AskAsync(database => database.ReadDeadLetters(id, after, count)).WaitAsync(cancellationToken);
    }

    public async ValueTask<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default)
    {
        var existing = Find(queue);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_replaying.TryAdd(id, 0))
        {
            return false;
        }

        return await ReplayAsync(existing, id).WaitAsync(cancellationToken);
    }

    public async ValueTask<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default)
    {
        var existing = Find(queue);
        cancellationToken.ThrowIfCancellationRequested();
        return _replaying.TryAdd(id, 0) && await DiscardAsync(existing, id).WaitAsync(cancellationToken);
    }

    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<QueueDepth>(cancellationToken)
            : new ValueTask<QueueDepth>(Find(queue).Depth);

    public async ValueTask<IReadOnlyList<string>> RetireQueuesAsync(
        IReadOnlyList<QueueDeclaration> queues, string successor, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var heir = Find(successor);
        var retired = new List<RetireEntry>();
        List<string> left = [];
        lock (_log)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (var former in queues.Select(queue => _queues.GetValueOrDefault(queue.Name)).OfType<MessageQueue>())
            {
                if (_consumers.Keys.Any(consumer => consumer.Queue == former))
                {
                    left.Add(former.Name);
                    continue;
                }

                _routes.Clear();
                former.Unbind(_head);
                if (former.Depth is not { Ready: 0, Unacknowledged: 0 })
                {
                    left.Add(former.Name);
                    continue;
                }

                _queues.TryRemove(former.Name, out _);
                heir.Inherit(former);
                var entry = new RetireEntry(former.Id, heir.Id);
                _journal.Enqueue(entry);
                retired.Add(entry);
            }
        }

        await Task.WhenAll(retired.Select(entry => entry.Confirmed)).WaitAsync(cancellationToken);
        return left;
    }

    /// <summary>Waits for the batches under way and writes what is pending.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_log)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        await Task.WhenAll(_consumers.Keys.Select(consumer => consumer.DisposeAsync().AsTask()));
        _journal.Dispose();
        _metrics.Dispose();
    }

    internal void Forget(QueueConsumer consumer) => _consumers.TryRemove(consumer, out _);

    /// <returns>How many of the batch come again.</returns>
    internal int Complete(MessageQueue queue, InProcessDelivery[] batch)
    {
        var returned = queue.Complete(_clock.GetUtcNow(), settlement =>
        {
            _journal.Enqueue(new SettlementEntry(settlement));
            _metrics.DeadLettered(queue.Name, settlement.DeadLetters.Count);
        });
        foreach (var group in batch.GroupBy(delivery => delivery.Outcome))
        {
            _metrics.Settled(queue.Name, group.Key, group.Count());
        }

        return returned;
    }

    internal async Task LoadPageAsync(MessageQueue queue, long after)
    {
        var (page, until, toEnd) = await AskAsync(database =>
        {
            var (messages, searched) = database.ReadPage(queue, after, _options.WindowMessages, _options.WindowBytes);
            return (messages, searched ?? Math.Max(after, _journal.AppendedUntil), searched is null);
        });
        queue.AddPage(page, until, toEnd);
    }

    private Task<T> AskAsync<T>(Func<BusDatabase, T> read)
    {
        var entry = new ReadEntry<T>(read);
        _journal.Enqueue(entry);
        return entry.Answer;
    }

    private MessageQueue Find(string queue) =>
        _queues.TryGetValue(queue, out var existing) ? existing : throw new BroadcastException($"Queue {queue} has not been declared.");

    private MessageQueue[] Route(BroadcastMessage message)
    {
        if (_routes.TryGetValue((message.Exchange, message.RoutingKey), out var queues))
        {
            return queues;
        }

        if (_routes.Count >= MaxCachedRoutes)
        {
            _routes.Clear();
        }

        var key = new MessageKey(long.MaxValue, null, message.Exchange, message.RoutingKey);
        queues = [.. _queues.Values.Where(queue => queue.IsRouted(key))];
        _routes.Add((message.Exchange, message.RoutingKey), queues);
        return queues;
    }

    /// <summary>Inside the lock on the log.</summary>
    private AppendEntry Append(
        BroadcastMessage message,
        DateTimeOffset now,
        DateTimeOffset? expiresAt,
        int? target,
        long? deadLetter,
        ReadOnlySpan<MessageQueue> queues)
    {
        var held = new HeldMessage(_head + 1, message, expiresAt);
        var entry = new AppendEntry(held, target, deadLetter, now);

        // The journal first: a queue that keeps a message in the file only reads it back through the journal.
        _journal.Enqueue(entry);
        _head = held.Sequence;
        Interlocked.Increment(ref _unconfirmed);
        foreach (var queue in queues)
        {
            queue.Add(held, _options);
        }

        return entry;
    }

    private async Task ConfirmAsync(AppendEntry entry, long started)
    {
        try
        {
            await entry.Confirmed;
            _metrics.Published(_clock.GetElapsedTime(started));
        }
        catch (BroadcastException)
        {
            _metrics.Unconfirmed();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _unconfirmed);
        }
    }

    private async Task<bool> ReplayAsync(MessageQueue queue, long id)
    {
        try
        {
            var found = await AskAsync(database => database.ReadDeadLetters(queue.Id, id - 1, 1));
            if (found.Count == 0 || found[0].Id != id)
            {
                return false;
            }

            var started = _clock.GetTimestamp();
            AppendEntry entry;
            lock (_log)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                entry = Append(found[0].Message with { TimeToLive = null, Link = null }, _clock.GetUtcNow(), null, queue.Id, id, [queue]);
            }

            await ConfirmAsync(entry, started);
            queue.ForgetDeadLetter();
            return true;
        }
        finally
        {
            _replaying.TryRemove(id, out _);
        }
    }

    private async Task<bool> DiscardAsync(MessageQueue queue, long id)
    {
        try
        {
            var found = await AskAsync(database => database.ReadDeadLetters(queue.Id, id - 1, 1));
            if (found.Count == 0 || found[0].Id != id)
            {
                return false;
            }

            var entry = new DiscardEntry(id);
            _journal.Enqueue(entry);
            await entry.Confirmed;
            queue.ForgetDeadLetter();
            return true;
        }
        finally
        {
            _replaying.TryRemove(id, out _);
        }
    }

    /// <summary>The greatest place in the log up to which no queue holds anything.</summary>
    private long FloorOfLog()
    {
        lock (_log)
        {
            var floor = _head;
            foreach (var queue in _queues.Values)
            {
                floor = Math.Min(floor, queue.OldestHeld - 1);
            }

            return floor;
        }
    }
}

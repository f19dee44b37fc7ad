using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// The bus of shards in different processes, over RabbitMQ 3.10 or newer. Two connections a process, one for each direction:
/// a broker that takes no more messages does not keep the others from being consumed and acknowledged.
/// </summary>
public sealed partial class RabbitMqBus : IBroadcastBus
{
    private const int MaxLooks = 5;
    private static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(1);

    private readonly RabbitMqOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly BrokerConnection _publishing;
    private readonly BrokerConnection _consuming;
    private readonly Declarer _declarer;
    private readonly Topology _topology;
    private readonly QueueReader _reader;
    private readonly ConfirmedPublisher _publisher;
    private readonly DeadLetterQueue _deadLetters;
    private readonly FormerQueues _former;
    private readonly BroadcastMetrics _metrics;
    private readonly ConcurrentDictionary<QueueConsumer, byte> _consumers = [];
    private readonly ConcurrentDictionary<string, QueueDepth> _depths = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private int _restoring;
    private bool _disposed;

    private RabbitMqBus(RabbitMqOptions options, TimeProvider clock, ILogger logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        _publishing = new BrokerConnection(options, "publishing", clock, logger);
        _consuming = new BrokerConnection(options, "consuming", clock, logger);
        _declarer = new Declarer(_consuming, options, clock, logger);
        _topology = new Topology(_consuming, _declarer);
        _reader = new QueueReader(_consuming, _topology, options, clock);
        _publisher = new ConfirmedPublisher(_publishing, options, clock, Returned);
        _deadLetters = new DeadLetterQueue(_reader, _topology, _publisher, clock);
        _former = new FormerQueues(_topology, _reader, _deadLetters);
        _metrics = new BroadcastMetrics(() => _depths.Select(entry => (entry.Key, entry.Value)), () => Health);
        _watching = Task.WhenAll(
            EveryAsync(options.DepthInterval, WatchDepthsAsync), EveryAsync(options.RestoreInterval, RestoreAsync), EveryAsync(KeepInterval, KeepConnectedAsync));
    }

    public BusHealth Health => new(
        _publishing.IsOpen && _consuming.IsOpen,
        _publishing.Trouble ?? _consuming.Trouble ?? (_publishing.Blocked is { } blocked ? $"The broker takes no messages: {blocked}" : _publisher.Trouble),
        _publishing.Blocked is not null,
        _publisher.Unconfirmed);

    /// <summary>Connects; the broker has to be there.</summary>
    /// <exception cref="BroadcastException">The broker is away, or refuses the user.</exception>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static async Task<RabbitMqBus> OpenAsync(
        RabbitMqOptions options, TimeProvider clock, ILogger<RabbitMqBus> logger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var bus = new RabbitMqBus(options, clock, logger);
        try
        {
            await bus._publishing.GetAsync().WaitAsync(cancellationToken);
            await bus._consuming.GetAsync().WaitAsync(cancellationToken);
            return bus;
        }
        catch
        {
            await bus.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken = default)
    {
        BroadcastLimits.ThrowIfInvalid(queue);
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        await _topology.DeclareAsync(queue, either.Token).WaitAsync(cancellationToken);
    }

    public async ValueTask<IReadOnlyList<string>> RetireQueuesAsync(
        IReadOnlyList<QueueDeclaration> queues, string successor, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await _former.RetireAsync(queues, successor).WaitAsync(cancellationToken);
    }

    public async ValueTask PublishAsync(BroadcastMessage message, CancellationToken cancellationToken = default)
    {
        BroadcastLimits.ThrowIfInvalid(message);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        var started = _clock.GetTimestamp();
        try
        {
            await _publisher.PublishAsync(message, MessageFormat.Encode(message, _clock.GetUtcNow())).WaitAsync(cancellationToken);
        }
        catch (BroadcastException)
        {
            _metrics.Unconfirmed();
            throw;
        }

        _metrics.Published(_clock.GetElapsedTime(started));
    }

    public async ValueTask<IAsyncDisposable> ConsumeAsync(
        string queue, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        var services = new ConsumerServices(
            _consuming, _topology, _reader, _deadLetters, _metrics, _options, _clock, _logger);
        var consumer = await QueueConsumer.StartAsync(queue, handler, services, ended => _consumers.TryRemove(ended, out _));
        _consumers[consumer] = 0;
        return consumer;
    }

    public async ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, BroadcastLimits.MaxDeadLetterPage);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await _deadLetters.ListAsync(queue, after, count).WaitAsync(cancellationToken);
    }

    public async ValueTask<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await _deadLetters.ReplayAsync(queue, id).WaitAsync(cancellationToken);
    }

    public async ValueTask<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await _deadLetters.DiscardAsync(queue, id).WaitAsync(cancellationToken);
    }

    /// <remarks>Of unacknowledged messages it knows those of this process's consumers.</remarks>
    public async ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await ReadDepthAsync(queue).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Empties a queue, and its dead letters. For a shard that was restored to an earlier moment,
    /// while no silo of the game runs.
    /// </summary>
    /// <returns>How many messages are gone; 0 if there is no such queue.</returns>
    /// <exception cref="BroadcastException">The broker is away.</exception>
    public async ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await PurgeAsync().WaitAsync(cancellationToken);

        async Task<long> PurgeAsync() => await _topology.PurgeAsync(queue) + await _deadLetters.PurgeAsync(queue);
    }

    /// <summary>Waits for the batches under way, and for the publishes that are not confirmed yet.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stopping.CancelAsync();
        await Task.WhenAll(_consumers.Keys.Select(consumer => consumer.DisposeAsync().AsTask()));
        await _watching;
        await _publisher.DisposeAsync();
        await _declarer.DisposeAsync();
        await _consuming.DisposeAsync();
        await _publishing.DisposeAsync();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    /// <summary>
    /// A message on its way to a consumer here is in neither number, so it looks until two looks agree; on a queue that
    /// moves all the time, the last one has to do.
    /// </summary>
    private async Task<QueueDepth> ReadDepthAsync(string queue)
    {
        QueueDepth? depth = null;
        for (var looks = 0; looks < MaxLooks; looks++)
        {
            var before = depth;
            var ready = await _topology.CountReadyAsync(queue);
            var deadLetters = await _deadLetters.CountAsync(queue);
            var here = _consumers.Keys.Where(consumer => consumer.Queue == queue).Sum(consumer => consumer.Unacknowledged);
            depth = new QueueDepth(ready, here, deadLetters);
            if (depth == before)
            {
                break;
            }
        }

        return depth!;
    }

    private async Task EveryAsync(TimeSpan interval, Func<Task> work)
    {
        using var timer = new PeriodicTimer(interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await work();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The bus is disposed.
        }
    }

    private async Task WatchDepthsAsync()
    {
        foreach (var queue in _topology.Queues)
        {
            await WatchDepthAsync(queue);
        }
    }

    /// <summary>A broker that is back is noticed before somebody needs it, and one that is away before somebody waits for it.</summary>
    private async Task KeepConnectedAsync()
    {
        foreach (var connection in (BrokerConnection[])[_publishing, _consuming])
        {
            try
            {
                await connection.GetAsync();
            }
            catch (Exception exception) when (IsBrokers(exception))
            {
                // The connection has logged why, and says so when it is asked.
            }
        }
    }

    /// <summary>Puts back queues and bindings that somebody has removed.</summary>
    private async Task RestoreAsync()
    {
        foreach (var queue in _topology.Queues)
        {
            try
            {
                if (await _topology.PutBackAsync(queue))
                {
                    // A queue that is made again before the broker has told its consumers that it was gone leaves them without a word.
                    foreach (var consumer in _consumers.Keys.Where(consumer => consumer.Queue == queue))
                    {
                        consumer.StartAgain();
                    }
                }
            }
            catch (Exception exception) when (IsBrokers(exception))
            {
                LogNotRestored(_logger, queue, exception.Message);
            }
        }
    }

    /// <summary>Whether it is one of the broker's, and not because this bus ends.</summary>
    private bool IsBrokers(Exception exception) =>
        exception is BroadcastException || (BrokerErrors.IsBrokers(exception) && !_stopping.IsCancellationRequested);

    private void Returned(string exchange, string routingKey)
    {
        _metrics.Returned(exchange);
        if (_topology.Expects(exchange, routingKey) && Interlocked.Exchange(ref _restoring, 1) == 0)
        {
            LogBindingLost(_logger, exchange, routingKey);
            _ = Task.Run(async () =>
            {
                try
                {
                    await RestoreAsync();
                }
                finally
                {
                    Volatile.Write(ref _restoring, 0);
                }
            });
        }
    }

    private async Task WatchDepthAsync(string queue)
    {
        try
        {
            _depths[queue] = await ReadDepthAsync(queue);
        }
        catch (Exception exception) when (IsBrokers(exception))
        {
            // A depth nobody can read is not shown, rather than an old one.
            _depths.TryRemove(queue, out _);
            LogDepthUnknown(_logger, queue, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Nobody got a message to {Exchange}/{RoutingKey} that a queue of this process is bound for: queues and bindings are put back.")]
    private static partial void LogBindingLost(ILogger logger, string exchange, string routingKey);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} could not be put back, should it be gone: {Reason}")]
    private static partial void LogNotRestored(ILogger logger, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Queue {Queue}: its depth cannot be read: {Reason}")]
    private static partial void LogDepthUnknown(ILogger logger, string queue, string reason);
}

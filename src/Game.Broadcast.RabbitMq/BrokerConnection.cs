using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// One connection, made when it is needed and again when it was lost. While the broker is away callers fail at once until
/// the next attempt is due. The library's own recovery is off: it would bring consumers back while their unacknowledged
/// deliveries are still being handled. Safe for concurrent use.
/// </summary>
internal sealed partial class BrokerConnection : IAsyncDisposable
{
    private readonly RabbitMqOptions _options;
    private readonly string _name;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private IConnection? _connection;
    private BroadcastException? _failure;
    private string? _lost;
    private int _failures;
    private string? _told;
    private long _failedAt;
    private TimeSpan _pause;

    public BrokerConnection(RabbitMqOptions options, string purpose, TimeProvider clock, ILogger logger)
    {
        _options = options;
        _name = $"{options.ClientName} {purpose}";
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Why the broker takes nothing from this connection at the moment; null: it does.</summary>
    public string? Blocked { get; private set; }

    public bool IsOpen => _connection is { IsOpen: true };

    /// <summary>Why it is not open; null: it is, or nobody has tried yet.</summary>
    public string? Trouble => IsOpen ? null : _failure?.Message ?? _lost;

    /// <exception cref="BroadcastException">The broker is away.</exception>
    public async Task<IConnection> GetAsync()
    {
        if (_connection is { IsOpen: true } open)
        {
            return open;
        }

        await _gate.WaitAsync(_closing.Token);
        try
        {
            if (_connection is { IsOpen: true } opened)
            {
                return opened;
            }

            if (_failure is { } failure && _clock.GetElapsedTime(_failedAt) < _pause)
            {
                throw new BroadcastException(failure.Message, failure.InnerException);
            }

            return await ConnectAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <exception cref="BroadcastException">The broker is away.</exception>
    public async Task<IChannel> OpenChannelAsync(CreateChannelOptions? options = null)
    {
        var connection = await GetAsync();
        try
        {
            return await connection.CreateChannelAsync(options, _closing.Token);
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            // The broker reads nothing more from a connection whose channel was publishing into a queue that was then deleted, and
            // goes on with heartbeats (seen with quorum queues of RabbitMQ 3.10): nobody else will end it.
            if (exception is OperationCanceledException or TimeoutException && Blocked is null && !_closing.IsCancellationRequested)
            {
                _ = AbandonAsync(connection);
            }

            throw Away(exception);
        }
    }

    /// <summary>Does something on a channel of its own.</summary>
    /// <exception cref="BroadcastException">The broker is away or refused.</exception>
    public async Task<T> UseChannelAsync<T>(Func<IChannel, Task<T>> use, Func<Exception, BroadcastException?>? translate = null)
    {
        await using var channel = await OpenChannelAsync();
        try
        {
            return await use(channel);
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            throw translate?.Invoke(exception) ?? Away(exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _gate.WaitAsync();
        await CloseAsync();
        _closing.Dispose();
        _gate.Dispose();
    }

    private BroadcastException Away(Exception exception) =>
        new($"The broker did not do it ({_name}): {BrokerErrors.Describe(exception)}", exception);

    private async Task<IConnection> ConnectAsync()
    {
        await CloseAsync();
        try
        {
            // Not the caller's token: others wait for this connection too.
            var nodes = ReadNodes();
            var connection = await WithinAsync(FactoryFor(nodes[0]).CreateConnectionAsync(
                nodes.Select(node => new AmqpTcpEndpoint(node, BrokerTls.OptionOf(node, _options))), _name, _closing.Token), nodes.Count + 1);
            connection.ConnectionShutdownAsync += (_, reason) =>
            {
                // A connection that has ended is not blocked: the next one may not be.
                _lost = $"The connection to the broker is lost ({_name}): {reason.ReplyText}";
                Blocked = null;
                return Task.CompletedTask;
            };
            connection.ConnectionBlockedAsync += (_, blocked) =>
            {
                Blocked = blocked.Reason;
                LogBlocked(_logger, _name, blocked.Reason);
                return Task.CompletedTask;
            };
            connection.ConnectionUnblockedAsync += (_, _) =>
            {
                Blocked = null;
                LogUnblocked(_logger, _name);
                return Task.CompletedTask;
            };
            if (_failures > 0)
            {
                LogBack(_logger, _name, _failures);
            }

            (_connection, _failure, _failures, _told) = (connection, null, 0, null);
            return connection;
        }
        catch (Exception exception) when (exception is BroadcastException || BrokerErrors.IsBrokers(exception))
        {
            var reason = BrokerErrors.Describe(exception);
            _failure = new BroadcastException($"The broker cannot be reached ({_name}): {reason}", exception);
            _failedAt = _clock.GetTimestamp();
            _pause = _options.Backoff(++_failures);
            if (reason != _told)
            {
                _told = reason;
                LogAway(_logger, _name, reason);
            }

            throw _failure;
        }
    }

    private ConnectionFactory FactoryFor(Uri node) => new()
    {
        Uri = node,
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedConnectionTimeout = _options.RequestTimeout,
        ContinuationTimeout = _options.RequestTimeout,
        RequestedHeartbeat = _options.Heartbeat,
        SocketFactory = GatheringClient.Create,
    };

    /// <exception cref="BroadcastException">They cannot be read.</exception>
    private IReadOnlyList<Uri> ReadNodes()
    {
        try
        {
            return _options.ReadNodes?.Invoke() ?? _options.Nodes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            // Not the message of a format error: it may repeat a password.
            throw new BroadcastException($"The addresses of the broker cannot be read ({exception.GetType().Name}).");
        }
    }

    /// <summary>Gives up a connection whose broker does not answer, so that the next caller makes a new one.</summary>
    private async Task AbandonAsync(IConnection connection)
    {
        if (Interlocked.CompareExchange(ref _connection, null, connection) != connection)
        {
            return;
        }

        _lost = $"The connection to the broker did not answer and was given up ({_name})";
        LogGivenUp(_logger, _name);
        try
        {
            await connection.AbortAsync(Constants.InternalError, "no answer", _options.RequestTimeout).WaitAsync(_options.RequestTimeout, _clock);
            await connection.DisposeAsync().AsTask().WaitAsync(_options.RequestTimeout, _clock);
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            LogCloseFailed(_logger, _name, BrokerErrors.Describe(exception));
        }
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            try
            {
                await connection.CloseAsync(_options.RequestTimeout).WaitAsync(_options.RequestTimeout, _clock);
                await connection.DisposeAsync().AsTask().WaitAsync(_options.RequestTimeout, _clock);
            }
            catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
            {
                LogCloseFailed(_logger, _name, BrokerErrors.Describe(exception));
            }
        }
    }

    /// <summary>The library's own time-outs do not end every wait: behind a peer that takes the connection and says nothing it may hang.</summary>
    private async Task<IConnection> WithinAsync(Task<IConnection> attempt, int timeouts)
    {
        try
        {
            return await attempt.WaitAsync(_options.RequestTimeout * timeouts, _clock);
        }
        catch (TimeoutException)
        {
            // Should it succeed after all, nobody wants it any more.
            _ = attempt.ContinueWith(
                late => late.Status == TaskStatus.RanToCompletion ? late.Result.DisposeAsync().AsTask() : Task.CompletedTask, TaskScheduler.Default);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Connection {Name}: the broker cannot be reached: {Reason}")]
    private static partial void LogAway(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Name}: the broker is back after {Failures} attempts.")]
    private static partial void LogBack(ILogger logger, string name, int failures);

    [LoggerMessage(Level = LogLevel.Error, Message = "Connection {Name}: the broker takes no messages: {Reason}")]
    private static partial void LogBlocked(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Name}: the broker takes messages again.")]
    private static partial void LogUnblocked(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Name}: the broker does not answer on it; a new one is made.")]
    private static partial void LogGivenUp(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {Name} was gone before it was closed: {Reason}")]
    private static partial void LogCloseFailed(ILogger logger, string name, string reason);
}

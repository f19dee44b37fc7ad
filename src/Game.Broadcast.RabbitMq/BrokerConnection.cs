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
    private readonly ConnectionFactory _factory;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private IConnection? _connection;
    private BroadcastException? _failure;
    private int _failures;
    private long _failedAt;
    private TimeSpan _pause;

    public BrokerConnection(RabbitMqOptions options, string purpose, TimeProvider clock, ILogger logger)
    {
        _options = options;
        _name = $"{options.ClientName} {purpose}";
        _clock = clock;
        _logger = logger;
        _factory = new ConnectionFactory
        {
            Uri = options.Nodes[0],
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = options.RequestTimeout,
            ContinuationTimeout = options.RequestTimeout,
        };
    }

    /// <summary>Why the broker takes nothing from this connection at the moment; null: it does.</summary>
    public string? Blocked { get; private set; }

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
            var connection = await _factory.CreateConnectionAsync(_options.Nodes.Select(Endpoint), _name, _closing.Token);
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

            (_connection, _failure, _failures, Blocked) = (connection, null, 0, null);
            return connection;
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            _failure = new BroadcastException($"The broker cannot be reached ({_name}): {BrokerErrors.Describe(exception)}", exception);
            _failedAt = _clock.GetTimestamp();
            _pause = _options.Backoff(++_failures);
            if (_failures == 1)
            {
                LogAway(_logger, _name, BrokerErrors.Describe(exception));
            }

            throw _failure;
        }
    }

    private static AmqpTcpEndpoint Endpoint(Uri node) =>
        new(node, new SslOption { Enabled = node.Scheme == "amqps", ServerName = node.Host });

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            try
            {
                await connection.CloseAsync(_options.RequestTimeout);
            }
            catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
            {
                LogCloseFailed(_logger, _name, BrokerErrors.Describe(exception));
            }

            await connection.DisposeAsync();
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

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {Name} was gone before it was closed: {Reason}")]
    private static partial void LogCloseFailed(ILogger logger, string name, string reason);
}

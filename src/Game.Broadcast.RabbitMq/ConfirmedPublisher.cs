using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// Publishes in the order of the calls, without waiting for one confirm before the next message: one loop hands messages to
/// one channel. Safe for concurrent use.
/// </summary>
internal sealed class ConfirmedPublisher : IAsyncDisposable
{
    private static readonly CreateChannelOptions WithConfirms = new(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);

    private readonly BrokerConnection _connection;
    private readonly RabbitMqOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<string, string> _returned;
    private readonly Channel<Publication> _waiting = Channel.CreateUnbounded<Publication>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HashSet<string> _exchanges = new(StringComparer.Ordinal);
    private readonly Task _run;
    private IChannel? _channel;
    private int _unconfirmed;

    /// <param name="connection">Used by nothing that must go on when the broker takes no messages.</param>
    /// <param name="options">Time-outs and limits.</param>
    /// <param name="clock">For time-outs.</param>
    /// <param name="returned">Told exchange and routing key of a message that no queue was bound for.</param>
    public ConfirmedPublisher(BrokerConnection connection, RabbitMqOptions options, TimeProvider clock, Action<string, string> returned)
    {
        _returned = returned;
        _connection = connection;
        _options = options;
        _clock = clock;
        _run = Task.Run(RunAsync);
    }

    /// <summary>Publishes that wait for their confirm.</summary>
    public int Unconfirmed => Volatile.Read(ref _unconfirmed);

    /// <summary>Why the last publish failed; null: it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>To every queue that is bound; confirmed also if none is.</summary>
    /// <exception cref="BroadcastException">Not confirmed.</exception>
    public Task PublishAsync(BroadcastMessage message, BasicProperties properties) =>
        EnqueueAsync(new Publication(message.Exchange, message.RoutingKey, properties, message.Body));

    /// <summary>Into the queue of that name.</summary>
    /// <exception cref="BroadcastException">Not confirmed, or there is no such queue.</exception>
    public Task PutAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body) =>
        EnqueueAsync(new Publication("", queue, properties, body));

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _run;
        if (_channel is { } channel)
        {
            await CloseAsync(channel);
        }
    }

    private async Task EnqueueAsync(Publication publication)
    {
        try
        {
            if (Interlocked.Increment(ref _unconfirmed) > _options.MaxUnconfirmed)
            {
                throw new BroadcastException($"{_options.MaxUnconfirmed} publishes are waiting for their confirm.");
            }

            if (!_waiting.Writer.TryWrite(publication))
            {
                throw new ObjectDisposedException(nameof(RabbitMqBus));
            }

            // From here, not from when its turn comes: behind a connection that has gone silent nobody's turn does.
            await publication.Confirmed.Task.WaitAsync(_options.ConfirmTimeout, _clock);
            Trouble = null;
        }
        catch (TimeoutException timeout)
        {
            publication.IsAbandoned = true;
            if (_connection.Blocked is null)
            {
                Discard(publication.SentOn);
            }

            throw Complain(publication, timeout);
        }
        finally
        {
            Interlocked.Decrement(ref _unconfirmed);
        }
    }

    private async Task RunAsync()
    {
        await foreach (var publication in _waiting.Reader.ReadAllAsync())
        {
            if (publication.IsAbandoned)
            {
                continue;
            }

            try
            {
                // Not sent into a connection that nobody reads: it would arrive long after it was given up.
                if (_connection.Blocked is { } blocked)
                {
                    throw new BroadcastException($"the broker takes no messages ({blocked})");
                }

                var channel = publication.SentOn = await ChannelForAsync(publication.Exchange);

                // Not awaited: the channel sends in the order of these calls, and completes each with its confirm.
                _ = SettleAsync(channel, publication, channel.BasicPublishAsync(
                    publication.Exchange, publication.RoutingKey, mandatory: true, publication.Properties, publication.Body));
            }
            catch (Exception exception) when (exception is BroadcastException || BrokerErrors.IsBrokers(exception))
            {
                if (_connection.Blocked is null)
                {
                    Discard(_channel);
                }

                publication.Confirmed.TrySetException(Complain(publication, exception));
            }
        }
    }

    private async Task SettleAsync(IChannel channel, Publication publication, ValueTask confirm)
    {
        try
        {
            await confirm;
            publication.Confirmed.TrySetResult();
        }
        catch (PublishReturnException) when (publication.Exchange.Length > 0)
        {
            // The broker has it nowhere, as it should be when nobody listens.
            _returned(publication.Exchange, publication.RoutingKey);
            publication.Confirmed.TrySetResult();
        }
        catch (PublishException refused)
        {
            publication.Confirmed.TrySetException(Complain(publication, refused));
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            publication.Confirmed.TrySetException(Complain(publication, exception));
            Discard(channel);
        }
    }

    private BroadcastException Complain(Publication publication, Exception exception)
    {
        var reason = exception switch
        {
            PublishReturnException => "there is no such queue",
            PublishException => "the broker refused it: a queue is full, or cannot write",
            TimeoutException => _connection.Blocked is { } blocked ? $"the broker takes no messages ({blocked})" : $"no confirm within {_options.ConfirmTimeout.TotalSeconds} s",
            _ => BrokerErrors.Describe(exception),
        };
        var complaint = new BroadcastException($"Not confirmed: {publication.Exchange}/{publication.RoutingKey}: {reason}", exception);
        Trouble = complaint.Message;
        return complaint;
    }

    private async Task<IChannel> ChannelForAsync(string exchange)
    {
        if (_channel is not { IsOpen: true } channel)
        {
            Discard(_channel);
            _exchanges.Clear();
            channel = _channel = await _connection.OpenChannelAsync(WithConfirms);
        }

        // The default exchange, whose name is empty, is always there.
        if (exchange.Length > 0 && _exchanges.Add(exchange))
        {
            await Topology.DeclareExchangeAsync(channel, exchange);
        }

        return channel;
    }

    /// <summary>Not waited for: the broker may not answer for a while, and others wait for a new channel.</summary>
    private void Discard(IChannel? channel)
    {
        if (channel is not null)
        {
            Interlocked.CompareExchange(ref _channel, null, channel);
            _ = CloseAsync(channel);
        }
    }

    private static async Task CloseAsync(IChannel channel)
    {
        try
        {
            await channel.DisposeAsync();
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            // The connection it was on has gone before.
        }
    }

    private sealed record Publication(string Exchange, string RoutingKey, BasicProperties Properties, ReadOnlyMemory<byte> Body)
    {
        public TaskCompletionSource Confirmed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IChannel? SentOn { get; set; }

        /// <summary>Its caller has given up.</summary>
        public bool IsAbandoned { get; set; }
    }
}

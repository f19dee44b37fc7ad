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
    private readonly Channel<Publication> _waiting = Channel.CreateUnbounded<Publication>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HashSet<string> _exchanges = new(StringComparer.Ordinal);
    private readonly Task _run;
    private IChannel? _channel;
    private int _unconfirmed;

    public ConfirmedPublisher(BrokerConnection connection, RabbitMqOptions options, TimeProvider clock)
    {
        _connection = connection;
        _options = options;
        _clock = clock;
        _run = Task.Run(RunAsync);
    }

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
        await DiscardAsync(_channel);
    }

    private Task EnqueueAsync(Publication publication)
    {
        if (Interlocked.Increment(ref _unconfirmed) > _options.MaxUnconfirmed)
        {
            Interlocked.Decrement(ref _unconfirmed);
            throw new BroadcastException($"{_options.MaxUnconfirmed} publishes are waiting for their confirm.");
        }

        if (!_waiting.Writer.TryWrite(publication))
        {
            Interlocked.Decrement(ref _unconfirmed);
            throw new ObjectDisposedException(nameof(RabbitMqBus));
        }

        return publication.Confirmed.Task;
    }

    private async Task RunAsync()
    {
        await foreach (var publication in _waiting.Reader.ReadAllAsync())
        {
            try
            {
                var channel = await ChannelForAsync(publication.Exchange);

                // Not awaited: the channel sends in the order of these calls, and completes each with its confirm.
                _ = SettleAsync(channel, publication, channel.BasicPublishAsync(
                    publication.Exchange, publication.RoutingKey, publication.Exchange.Length == 0, publication.Properties, publication.Body));
            }
            catch (Exception exception) when (exception is BroadcastException || BrokerErrors.IsBrokers(exception))
            {
                await DiscardAsync(_channel);
                Fail(publication, exception);
            }
        }
    }

    private async Task SettleAsync(IChannel channel, Publication publication, ValueTask confirm)
    {
        try
        {
            await confirm.AsTask().WaitAsync(_options.ConfirmTimeout, _clock);
            Interlocked.Decrement(ref _unconfirmed);
            publication.Confirmed.SetResult();
        }
        catch (PublishException refused)
        {
            Fail(publication, refused);
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            Fail(publication, exception);
            await DiscardAsync(channel);
        }
    }

    private void Fail(Publication publication, Exception exception)
    {
        Interlocked.Decrement(ref _unconfirmed);
        var reason = exception switch
        {
            PublishReturnException => "there is no such queue",
            PublishException => "the broker refused it",
            TimeoutException => _connection.Blocked is { } blocked ? $"the broker takes no messages ({blocked})" : $"no confirm within {_options.ConfirmTimeout.TotalSeconds} s",
            _ => BrokerErrors.Describe(exception),
        };
        publication.Confirmed.SetException(new BroadcastException($"Not confirmed: {publication.Exchange}/{publication.RoutingKey}: {reason}", exception));
    }

    private async Task<IChannel> ChannelForAsync(string exchange)
    {
        if (_channel is not { IsOpen: true } channel)
        {
            await DiscardAsync(_channel);
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

    private async Task DiscardAsync(IChannel? channel)
    {
        if (channel is not null)
        {
            Interlocked.CompareExchange(ref _channel, null, channel);
            await channel.DisposeAsync();
        }
    }

    private sealed record Publication(string Exchange, string RoutingKey, BasicProperties Properties, ReadOnlyMemory<byte> Body)
    {
        public TaskCompletionSource Confirmed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

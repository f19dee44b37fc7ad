using System.Threading.Channels;
using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// Publishes in the order of the calls, without waiting for one confirm before the next message: one loop hands messages to
/// one channel. Safe for concurrent use.
/// </summary>
internal sealed class ConfirmedPublisher : IAsyncDisposable
{
    /// <summary>After as many confirm time-outs without any answer a channel is not slow any more.</summary>
    private const int TimeoutsOfStuck = 3;

    private readonly BrokerConnection _connection;
    private readonly RabbitMqOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<string, string> _returned;
    private readonly Channel<Publication> _waiting = Channel.CreateUnbounded<Publication>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>In the order of the calls; also the lock of itself.</summary>
    private readonly LinkedList<Publication> _open = new();
    private readonly ITimer _timer;
    private readonly Task _run;
    private ConfirmChannel? _channel;
    private long _answeredAt = long.MinValue;

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

        // One timer for all, which may be so much late, instead of one for each message.
        var late = options.ConfirmTimeout / 20;
        _timer = clock.CreateTimer(_ => GiveUpLate(), null, late, late);
        _run = Task.Run(RunAsync);
    }

    /// <summary>Publishes that wait for their confirm.</summary>
    public int Unconfirmed
    {
        get
        {
            lock (_open)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Why the last publish failed; null: it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>To every queue that is bound; confirmed also if none is.</summary>
    /// <exception cref="BroadcastException">Not confirmed.</exception>
    public Task PublishAsync(BroadcastMessage message, BasicProperties properties) => Enqueue(message.Exchange, message.RoutingKey, properties, message.Body);

    /// <summary>Into the queue of that name.</summary>
    /// <exception cref="BroadcastException">Not confirmed, or there is no such queue.</exception>
    public Task PutAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body) => Enqueue("", queue, properties, body);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _run;
        if (_channel is { } channel)
        {
            await CloseAsync(channel);
        }

        await _timer.DisposeAsync();
        foreach (var publication in TakeOpen(_ => true))
        {
            Fail(publication, "the bus was closed");
        }
    }

    private Task Enqueue(string exchange, string routingKey, BasicProperties properties, ReadOnlyMemory<byte> body)
    {
        var publication = new Publication(exchange, routingKey, properties, body, _clock.GetTimestamp());
        lock (_open)
        {
            if (_open.Count >= _options.MaxUnconfirmed)
            {
                return Task.FromException(new BroadcastException($"{_options.MaxUnconfirmed} publishes are waiting for their confirm."));
            }

            publication.Place = _open.AddLast(publication);
        }

        if (!_waiting.Writer.TryWrite(publication))
        {
            Close(publication);
            return Task.FromException(new ObjectDisposedException(nameof(RabbitMqBus)));
        }

        return publication.Task;
    }

    private async Task RunAsync()
    {
        await foreach (var publication in _waiting.Reader.ReadAllAsync())
        {
            if (publication.Task.IsCompleted)
            {
                continue;
            }

            // Not sent into a connection that nobody reads: it would arrive long after it was given up.
            if (_connection.Blocked is { } blocked)
            {
                Fail(publication, $"the broker takes no messages ({blocked})");
                continue;
            }

            ConfirmChannel channel;
            try
            {
                channel = await EnterAsync(publication.Exchange);
            }
            catch (Exception exception) when (exception is BroadcastException || BrokerErrors.IsBrokers(exception))
            {
                Fail(publication, BrokerErrors.Describe(exception), exception);
                continue;
            }

            if (publication.Task.IsCompleted)
            {
                // Given up while it waited for a place.
                channel.Room.Leave(null);
                continue;
            }

            // Not waited for: the channel keeps the order of these calls, and those behind one that cannot be sent have their time-outs.
            publication.SentAt = _clock.GetTimestamp();
            var sending = channel.SendAsync(publication);
            if (!sending.IsCompletedSuccessfully)
            {
                _ = WatchAsync(channel, publication, sending);
            }
        }
    }

    private async Task WatchAsync(ConfirmChannel channel, Publication publication, ValueTask sending)
    {
        try
        {
            await sending;
        }
        catch (Exception exception)
        {
            // Whatever it is: this one was not sent, and the broker counts the others on the channel differently from here.
            Fail(publication, BrokerErrors.Describe(exception), exception);
            channel.End(BrokerErrors.Describe(exception));
            Discard(channel);
        }
    }

    /// <returns>A channel with a place in its window for one message more.</returns>
    private async Task<ConfirmChannel> EnterAsync(string exchange)
    {
        while (true)
        {
            var channel = _channel is { IsOpen: true } open && open.Knows(exchange) ? open : await OpenForAsync(exchange);
            if (await channel.Room.EnterAsync())
            {
                return channel;
            }

            // It has ended, whether that is known here or not.
            Discard(channel);
        }
    }

    private async Task<ConfirmChannel> OpenForAsync(string exchange)
    {
        if (_channel is not { IsOpen: true } channel)
        {
            Discard(_channel);
            channel = _channel = await ConfirmChannel.OpenAsync(
                _connection, _options.MaxUnconfirmed, _clock, Confirm, Refuse, (lost, reason) => Fail(lost, reason));
        }

        if (!channel.Knows(exchange))
        {
            // On a channel of its own: it would wait behind what is published on this one, and its time-out end it.
            await _connection.UseChannelAsync(async other =>
            {
                await Topology.DeclareExchangeAsync(other, exchange);
                return true;
            });
            channel.Meet(exchange);
        }

        return channel;
    }

    private void Confirm(Publication publication)
    {
        Volatile.Write(ref _answeredAt, _clock.GetTimestamp());
        if (publication.IsReturned && publication.Exchange.Length == 0)
        {
            Fail(publication, "there is no such queue");
            return;
        }

        Close(publication);
        if (publication.TrySetResult())
        {
            Trouble = null;
            if (publication.IsReturned)
            {
                // The broker has it nowhere, as it should be when nobody listens.
                _returned(publication.Exchange, publication.RoutingKey);
            }
        }
    }

    private void Refuse(Publication publication)
    {
        Volatile.Write(ref _answeredAt, _clock.GetTimestamp());
        Fail(publication, "the broker refused it: a queue is full, or cannot write");
    }

    private void Fail(Publication publication, string reason, Exception? cause = null)
    {
        Close(publication);
        var complaint = new BroadcastException($"Not confirmed: {publication.Exchange}/{publication.RoutingKey}: {reason}", cause);
        if (publication.TrySetException(complaint))
        {
            Trouble = complaint.Message;
        }
    }

    private void Close(Publication publication)
    {
        lock (_open)
        {
            if (publication.Place is { List: not null } place)
            {
                _open.Remove(place);
            }
        }
    }

    private void GiveUpLate()
    {
        var blocked = _connection.Blocked;
        foreach (var publication in TakeOpen(publication => IsLate(publication, blocked)))
        {
            Fail(publication, blocked is null ? $"no confirm within {_options.ConfirmTimeout.TotalSeconds} s" : $"the broker takes no messages ({blocked})");
        }

        if (blocked is not null)
        {
            Volatile.Read(ref _channel)?.Excuse();
            return;
        }

        // A slow broker keeps its channel: on a new one it takes a round of consensus, one after the other, to register with each
        // queue that is published to, and a slow broker would never get through to the first confirm.
        if (Volatile.Read(ref _channel) is { } channel && channel.Silence >= _options.ConfirmTimeout * TimeoutsOfStuck)
        {
            Discard(channel);
        }
    }

    /// <summary>
    /// The time of one that waits for its turn runs only while the broker answers nothing: sent again by its caller it would wait once more,
    /// behind itself.
    /// </summary>
    private bool IsLate(Publication publication, string? blocked) => publication.SentAt is { } sent
        ? _clock.GetElapsedTime(sent) >= _options.ConfirmTimeout
        : blocked is not null
            || _clock.GetElapsedTime(Math.Max(publication.Since, Volatile.Read(ref _answeredAt))) >= _options.ConfirmTimeout;

    private List<Publication> TakeOpen(Func<Publication, bool> fits)
    {
        var taken = new List<Publication>();
        lock (_open)
        {
            for (var place = _open.First; place is not null;)
            {
                var next = place.Next;
                if (fits(place.Value))
                {
                    taken.Add(place.Value);
                    _open.Remove(place);
                }

                place = next;
            }
        }

        return taken;
    }

    /// <summary>Not waited for: the broker may not answer for a while, and others wait for a new channel.</summary>
    private void Discard(ConfirmChannel? channel)
    {
        if (channel is not null)
        {
            Interlocked.CompareExchange(ref _channel, null, channel);
            channel.Room.Close();
            _ = CloseAsync(channel);
        }
    }

    private static async Task CloseAsync(ConfirmChannel channel)
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
}

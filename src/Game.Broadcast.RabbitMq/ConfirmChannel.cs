using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// A channel in confirm mode, and what was sent on it and is not confirmed. The broker confirms a message, refuses it, or first
/// returns and then confirms what no queue is bound for; when the channel ends, what is left is unknown. One caller sends at a time.
/// </summary>
internal sealed class ConfirmChannel : IAsyncDisposable
{
    private static readonly CreateChannelOptions WithConfirms = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);

    private readonly IChannel _channel;
    private readonly ConfirmWindow<Publication> _window = new();
    private readonly HashSet<string> _exchanges = new(StringComparer.Ordinal) { "" };
    private readonly Action<Publication> _confirmed;
    private readonly Action<Publication> _refused;
    private readonly Action<Publication, string> _lost;
    private readonly TimeProvider _clock;
    private long _settledAt = long.MinValue;

    private ConfirmChannel(
        IChannel channel, int largest, TimeProvider clock, Action<Publication> confirmed, Action<Publication> refused, Action<Publication, string> lost)
    {
        Room = new SendWindow(largest);
        _channel = channel;
        _clock = clock;
        _confirmed = publication => Settled(publication, confirmed);
        _refused = publication => Settled(publication, refused);
        _lost = (publication, reason) =>
        {
            Room.Leave(null);
            lost(publication, reason);
        };
        channel.BasicAcksAsync += OnAckAsync;
        channel.BasicNacksAsync += OnNackAsync;
        channel.BasicReturnAsync += OnReturnAsync;
        channel.ChannelShutdownAsync += OnShutdownAsync;
    }

    /// <summary>Whoever sends has entered it; a place is free again once it is known what became of the message.</summary>
    public SendWindow Room { get; }

    public bool IsOpen => _channel.IsOpen;

    /// <summary>How long the broker has owed an answer on this channel and given none.</summary>
    public TimeSpan Silence => _window.Find(_ => true) is { SentAt: { } sent }
        ? _clock.GetElapsedTime(Math.Max(sent, Volatile.Read(ref _settledAt)))
        : TimeSpan.Zero;

    /// <param name="connection">The connection it is on.</param>
    /// <param name="largest">Messages that may be on their way at most.</param>
    /// <param name="clock">For the time that confirms take.</param>
    /// <param name="confirmed">Told what the broker has taken, or what no queue is bound for.</param>
    /// <param name="refused">Told what the broker has refused.</param>
    /// <param name="lost">Told what will not be confirmed any more, and why.</param>
    /// <exception cref="BroadcastException">The broker is away.</exception>
    public static async Task<ConfirmChannel> OpenAsync(
        BrokerConnection connection,
        int largest,
        TimeProvider clock,
        Action<Publication> confirmed,
        Action<Publication> refused,
        Action<Publication, string> lost) =>
        new(await connection.OpenChannelAsync(WithConfirms), largest, clock, confirmed, refused, lost);

    public bool Knows(string exchange) => _exchanges.Contains(exchange);

    /// <summary>The exchange is there.</summary>
    public void Meet(string exchange) => _exchanges.Add(exchange);

    /// <summary>The time until now does not count as <see cref="Silence"/>.</summary>
    public void Excuse() => Volatile.Write(ref _settledAt, _clock.GetTimestamp());

    /// <summary>Completes when it is on its way. The channel sends in the order of the calls.</summary>
    /// <param name="publication">Has a place in <see cref="Room"/>.</param>
    public ValueTask SendAsync(Publication publication)
    {
        if (!_window.TryAdd(publication))
        {
            _lost(publication, "the channel has ended");
            return ValueTask.CompletedTask;
        }

        return _channel.BasicPublishAsync(
            publication.Exchange, publication.RoutingKey, mandatory: true, publication.Properties, publication.Body);
    }

    /// <summary>Nothing more is confirmed: the numbers of both ends may differ from here on.</summary>
    public void End(string reason)
    {
        Room.Close();
        _window.End(publication => _lost(publication, reason));
    }

    public async ValueTask DisposeAsync()
    {
        Room.Close();
        try
        {
            await _channel.DisposeAsync();
        }
        finally
        {
            End("the channel was closed");
        }
    }

    private void Settled(Publication publication, Action<Publication> settle)
    {
        var now = _clock.GetTimestamp();
        Volatile.Write(ref _settledAt, now);
        Room.Leave(_clock.GetElapsedTime(publication.SentAt!.Value, now));
        settle(publication);
    }

    private Task OnAckAsync(object sender, BasicAckEventArgs ack)
    {
        _window.Take(ack.DeliveryTag, ack.Multiple, _confirmed);
        return Task.CompletedTask;
    }

    private Task OnNackAsync(object sender, BasicNackEventArgs nack)
    {
        _window.Take(nack.DeliveryTag, nack.Multiple, _refused);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Comes before the confirm of the same message, and says no number. Two that are alike in all it says go the same way, so either
    /// may stand for the other.
    /// </summary>
    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        var publication = _window.Find(sent => !sent.IsReturned
            && sent.Properties.MessageId == returned.BasicProperties.MessageId
            && sent.RoutingKey == returned.RoutingKey
            && sent.Exchange == returned.Exchange);
        if (publication is not null)
        {
            publication.IsReturned = true;
        }

        return Task.CompletedTask;
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        End(reason.ReplyText);
        return Task.CompletedTask;
    }
}

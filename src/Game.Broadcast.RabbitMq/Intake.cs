using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// A channel that consumes a queue; messages wait here for their turn, at most as many as the prefetch. Ends when the broker
/// ends it. Disposing closes the channel, which gives all unacknowledged messages back to the queue in their order, and only
/// then makes the next consumer the active one.
/// </summary>
internal sealed class Intake : AsyncDefaultBasicConsumer, IAsyncDisposable
{
    private readonly Channel<ReceivedMessage> _received =
        System.Threading.Channels.Channel.CreateUnbounded<ReceivedMessage>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private long _count;
    private long _settled;

    private Intake(IChannel channel)
        : base(channel)
    {
    }

    public ChannelReader<ReceivedMessage> Received => _received.Reader;

    /// <summary>Messages that came and were not acknowledged.</summary>
    public long Unacknowledged => Interlocked.Read(ref _count) - Interlocked.Read(ref _settled);

    /// <exception cref="BroadcastException">There is no such queue, or the broker is away.</exception>
    public static async Task<Intake> OpenAsync(BrokerConnection connection, QueueDeclaration queue)
    {
        var channel = await connection.OpenChannelAsync();
        var intake = new Intake(channel);
        try
        {
            await channel.BasicQosAsync(0, (ushort)queue.Prefetch, global: false);
            await channel.BasicConsumeAsync(
                queue.Name, autoAck: false, consumerTag: "", noLocal: false, exclusive: false, arguments: null, consumer: intake);
            return intake;
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            await intake.DisposeAsync();
            throw Topology.Missing(queue.Name, exception)
                ?? new BroadcastException($"Queue {queue.Name} cannot be consumed: {BrokerErrors.Describe(exception)}", exception);
        }
    }

    /// <param name="messages">The oldest unacknowledged ones if <paramref name="oldest"/>.</param>
    public async Task AcknowledgeAsync(IReadOnlyList<ReceivedMessage> messages, bool oldest)
    {
        if (oldest && messages.Count > 0)
        {
            await Channel.BasicAckAsync(messages[^1].Tag, multiple: true);
        }
        else
        {
            foreach (var message in messages)
            {
                await Channel.BasicAckAsync(message.Tag, multiple: false);
            }
        }

        Interlocked.Add(ref _settled, messages.Count);
    }

    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        // The body's memory belongs to the connection and is used again after this call.
        Interlocked.Increment(ref _count);
        _received.Writer.TryWrite(MessageFormat.Decode(deliveryTag, exchange, routingKey, properties, body.ToArray()));
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        End("the queue was deleted, or its leader moved");
        return Task.CompletedTask;
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        End(reason.ReplyText);
        return base.HandleChannelShutdownAsync(channel, reason);
    }

    /// <summary>Ends it from here.</summary>
    public void GiveUp() => End("its queue was made again");

    public async ValueTask DisposeAsync() => await Channel.DisposeAsync();

    private void End(string reason) => _received.Writer.TryComplete(new BroadcastException($"The broker ended the consumer: {reason}"));
}

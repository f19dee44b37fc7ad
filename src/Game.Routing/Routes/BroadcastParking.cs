using System.Text.Json;
using Game.Broadcast;

namespace Game.Routing.Routes;

/// <summary>A durable queue of this server at the broker of the exchanges.</summary>
public sealed class BroadcastParking : IParkingPlace
{
    public const string Exchange = "game.parked";
    private const string Type = "game.parked-message";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly IBroadcastBus _bus;
    private readonly string _server;
    private readonly TimeProvider _clock;
    private bool _isDeclared;

    /// <param name="bus">The bus.</param>
    /// <param name="server">Names the queue: the same over restarts, different for each process. Letters, digits, hyphen.</param>
    /// <param name="clock">Paces the looks at the queue.</param>
    public BroadcastParking(IBroadcastBus bus, string server, TimeProvider clock)
    {
        (_bus, _server, _clock) = (bus, server, clock);
    }

    public string Name => "broadcast-parking";

    private string Queue => $"{Exchange}.{_server}";

    public async Task SendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await DeclareAsync(cancellationToken);
            await _bus.PublishAsync(
                new BroadcastMessage(message.Id, Exchange, _server, _server, 0, message.Key, Type, 1, message.ToBytes()), cancellationToken);
        }
        catch (BroadcastException exception)
        {
            throw new RouteException(exception.Message, exception);
        }
    }

    public async Task<bool> DrainAsync(Func<GameMessage, Task<bool>> deliver, CancellationToken cancellationToken)
    {
        try
        {
            await DeclareAsync(cancellationToken);
            var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var consumer = await _bus.ConsumeAsync(
                Queue,
                async (batch, _) =>
                {
                    if (!await DeliverAsync(batch, deliver))
                    {
                        failed.TrySetResult();
                    }
                },
                cancellationToken);
            while (!failed.Task.IsCompleted)
            {
                if (await _bus.GetDepthAsync(Queue, cancellationToken) is { Ready: 0, Unacknowledged: 0 })
                {
                    return true;
                }

                await Task.Delay(BetweenLooks, _clock, cancellationToken);
            }

            return false;
        }
        catch (BroadcastException exception)
        {
            throw new RouteException(exception.Message, exception);
        }
    }

    /// <returns>False if not all could be delivered.</returns>
    private static async Task<bool> DeliverAsync(IReadOnlyList<Delivery> batch, Func<GameMessage, Task<bool>> deliver)
    {
        var understood = new List<(Delivery Delivery, GameMessage Message)>();
        foreach (var delivery in batch)
        {
            try
            {
                understood.Add((delivery, GameMessage.Parse(delivery.Message.Body.Span)));
            }
            catch (JsonException exception)
            {
                delivery.Reject($"not a parked message: {exception.Message}");
            }
        }

        // Each is taken out as soon as it is delivered: a process that dies meanwhile brings few of them again.
        var delivered = await KeyOrder.SendAsync(understood, static item => item.Message.Key, async item =>
        {
            if (!await deliver(item.Message))
            {
                return false;
            }

            item.Delivery.Ack();
            return true;
        });
        foreach (var (delivery, _) in understood.Except(delivered))
        {
            delivery.Postpone();
        }

        return delivered.Count == understood.Count;
    }

    private async Task DeclareAsync(CancellationToken cancellationToken)
    {
        if (!Volatile.Read(ref _isDeclared))
        {
            await _bus.DeclareQueueAsync(new QueueDeclaration(Queue, [new QueueBinding(Exchange, _server)], Prefetch: 256), cancellationToken);
            Volatile.Write(ref _isDeclared, true);
        }
    }
}

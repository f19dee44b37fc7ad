using System.Diagnostics;
using System.Text;
using Xunit;

namespace Game.Broadcast.Suite;

/// <summary>
/// What every bus must do, whatever carries it. A bus passes by deriving from each class of this suite and saying how it
/// is opened. Tests share no queue and no routing key, so they may share a broker.
/// </summary>
public abstract class BroadcastBusSuite : IAsyncLifetime
{
    private readonly string _scope = $"t{Guid.NewGuid():N}";
    private IBroadcastBus? _bus;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected IBroadcastBus Bus => _bus ?? throw new InvalidOperationException("The bus is closed.");

    /// <summary>Opens a bus over the same durable state each time.</summary>
    protected abstract ValueTask<IBroadcastBus> OpenAsync();

    /// <summary>Returns when so much time has passed for the bus.</summary>
    protected abstract ValueTask LetPassAsync(TimeSpan time);

    public async ValueTask InitializeAsync() => _bus = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ReopenAsync()
    {
        await CloseAsync();
        _bus = await OpenAsync();
    }

    /// <summary>All of one owner.</summary>
    protected string Queue(string name = "queue") => $"{name}.{_scope}";

    protected string Key(string key) => $"{_scope}.{key}";

    protected async Task DeclareAsync(
        string name = "queue", string pattern = "#", string exchange = Exchanges.Guild, int prefetch = 64, int deliveryLimit = 5) =>
        await Bus.DeclareQueueAsync(
            new QueueDeclaration(Queue(name), [new QueueBinding(exchange, Key(pattern))], prefetch, deliveryLimit), Cancelled);

    protected BroadcastMessage Message(string id, string key = "a", string exchange = Exchanges.Guild, TimeSpan? timeToLive = null) => new(
        id, exchange, Key(key), "s01", 1, "guild/s01.1", "guild.test", 1, Encoding.UTF8.GetBytes(id), timeToLive);

    protected async Task PublishAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            await Bus.PublishAsync(Message(id), Cancelled);
        }
    }

    protected ValueTask<IAsyncDisposable> ConsumeAsync(Inbox inbox, string queue = "queue") =>
        Bus.ConsumeAsync(Queue(queue), inbox.HandleAsync, Cancelled);

    /// <summary>Publishes one more message and waits for it: everything before it has been settled, or will never come.</summary>
    protected async Task PassMarkerAsync(Inbox inbox, string key = "a")
    {
        var marker = $"marker-{Guid.NewGuid():N}";
        await Bus.PublishAsync(Message(marker, key), Cancelled);
        await inbox.WaitForAsync(arrivals => arrivals.Any(arrival => arrival.Id == marker));
    }

    protected async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(string queue = "queue") =>
        await Bus.ListDeadLettersAsync(Queue(queue), 0, 100, Cancelled);

    /// <summary>Waits until a queue holds so much: a broker that is busy may answer before its queue has.</summary>
    protected Task HoldsAsync(QueueDepth depth, string queue = "queue") => HoldsAsync(depth, static held => held, queue);

    /// <inheritdoc cref="HoldsAsync(QueueDepth, string)"/>
    protected async Task HoldsAsync<T>(T expected, Func<QueueDepth, T> part, string queue = "queue")
    {
        var started = Stopwatch.GetTimestamp();
        while (part(await Bus.GetDepthAsync(Queue(queue), Cancelled)) is var held && !Equals(held, expected))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), $"{queue} holds {held}, not {expected}.");
            await Task.Delay(20, Cancelled);
        }
    }

    private async Task CloseAsync()
    {
        if (_bus is { } bus)
        {
            _bus = null;
            await bus.DisposeAsync();
        }
    }
}

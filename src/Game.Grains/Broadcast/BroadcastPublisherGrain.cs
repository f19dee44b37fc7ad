using System.Diagnostics;
using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Broadcast;

/// <summary>
/// Carries one route's share of the log to the bus, in log order. The cursor moves after the bus has confirmed, so a
/// crash in between publishes again: at least once, and every receiver knows a message by its id.
/// </summary>
[Reentrant]
public sealed partial class BroadcastPublisherGrain : Grain, IBroadcastPublisherGrain, IRemindable
{
    private const int PageSize = 512;
    private const string KeepAwake = "publish";
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(15);

    private readonly EventSourcingServices _services;
    private readonly IBroadcastBus _bus;
    private readonly ShardIdentity _shard;
    private readonly CancellationTokenSource _stopping = new();
    private string _route = "";
    private long _cursor;
    private long _published;
    private long _failures;
    private bool _woken;
    private Task _pump = Task.CompletedTask;

    public BroadcastPublisherGrain(EventSourcingServices services, IBroadcastBus bus, ShardIdentity shard)
    {
        _services = services;
        _bus = bus;
        _shard = shard;
    }

    private string CursorName => BroadcastRoutes.CursorOf(_route);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _route = this.GetPrimaryKeyString();
        _cursor = await _services.Store.ReadCursorAsync(CursorName, cancellationToken);
        await RemindAsync();
        this.RegisterGrainTimer(
            static (self, _) => self.WakeAsync(),
            this,
            new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = LookInterval, KeepAlive = true });
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Not CancelAsync: that would run the callbacks outside the grain's turns.
        _stopping.Cancel();
        await _pump;
        _stopping.Dispose();
    }

    public Task WakeAsync()
    {
        _woken = true;
        if (_pump.IsCompleted)
        {
            _pump = PumpAsync(_stopping.Token);
        }

        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => WakeAsync();

    public async Task<PublisherStatus> GetStatusAsync() =>
        new(_route, _cursor, await _services.Store.GetHeadAsync(), _published, _failures);

    private Task RemindAsync() => this.RegisterOrUpdateReminder(KeepAwake, ReminderInterval, ReminderInterval);

    private async Task PumpAsync(CancellationToken stopping)
    {
        var backoff = TimeSpan.FromMilliseconds(100);
        var durableCursor = _cursor;
        while (_woken && !stopping.IsCancellationRequested)
        {
            _woken = false;
            try
            {
                while (await PublishPageAsync(stopping))
                {
                    backoff = TimeSpan.FromMilliseconds(100);
                }

                if (_cursor > durableCursor)
                {
                    await _services.Store.WriteCursorAsync(CursorName, _cursor, stopping);
                    durableCursor = _cursor;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (
                exception is BroadcastException or EventStoreException or TimeoutException or EventCodecException)
            {
                _failures++;
                _woken = true;
                LogRetrying(_services.Logger, _route, _cursor, backoff, exception);
                await WaitAsync(backoff, stopping);
                backoff = backoff * 2 > MaxBackoff ? MaxBackoff : backoff * 2;
            }
        }
    }

    /// <returns>False when the end of the log is reached.</returns>
    private async Task<bool> PublishPageAsync(CancellationToken stopping)
    {
        var page = await _services.Store.ReadAllAsync(_cursor, PageSize, stopping);
        if (page.Count == 0)
        {
            return false;
        }

        var confirms = new List<Task>();
        foreach (var message in MessagesOf(page))
        {
            confirms.Add(_bus.PublishAsync(message, stopping).AsTask());
        }

        await Task.WhenAll(confirms).WaitAsync(PublishTimeout, _services.Clock, stopping);
        _published += confirms.Count;
        _cursor = page[^1].Position;
        return page.Count == PageSize;
    }

    private IEnumerable<BroadcastMessage> MessagesOf(IReadOnlyList<StoredEvent> page)
    {
        // Cumulative events: of each stream and type only the last one of the page says anything.
        var last = new Dictionary<(string Stream, string Type), long>();
        foreach (var stored in page)
        {
            if (_services.Codec.TypeOf(stored.Type) is { } type && BroadcastRoutes.IsCoalesced(type))
            {
                last[(stored.Stream, stored.Type)] = stored.Position;
            }
        }

        foreach (var stored in page)
        {
            if (_services.Codec.TypeOf(stored.Type) is not { } type
                || BroadcastRoutes.RouteOf(type) != _route
                || (last.TryGetValue((stored.Stream, stored.Type), out var position) && position != stored.Position))
            {
                continue;
            }

            var fact = _services.Codec.Decode(stored);
            var (priority, expiresAt) = BroadcastRoutes.UrgencyOf(fact);
            var left = expiresAt - _services.Clock.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                // Nobody is to see it any more.
                continue;
            }

            var n = 0;
            foreach (var key in BroadcastRoutes.RoutingKeysOf(StreamName.KeyOf(stored.Stream), fact))
            {
                yield return new BroadcastMessage(
                    $"{_shard.Name}/{stored.Position}/{n++}",
                    _route,
                    key,
                    _shard.Name,
                    stored.Position,
                    stored.Stream,
                    stored.Type,
                    stored.SchemaVersion,
                    stored.Body,
                    left > BroadcastLimits.MaxTimeToLive ? BroadcastLimits.MaxTimeToLive : left,
                    (byte)priority,
                    Activity.Current?.Id);
            }
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(delay, _services.Clock, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Deactivation ends the back-off; the next activation goes on from the cursor.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Route {Route} after position {Cursor}: not published, again in {Delay}.")]
    private static partial void LogRetrying(ILogger logger, string route, long cursor, TimeSpan delay, Exception exception);
}

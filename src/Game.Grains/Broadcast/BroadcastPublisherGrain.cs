using System.Diagnostics;
using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.EventStore;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Broadcast;

/// <summary>
/// Carries one route's share of the log to the bus, in log order. The cursor moves after the bus has confirmed, so a
/// crash in between publishes again: at least once, and every receiver knows a message by its id. What a shard has missed all the
/// same, because its queue was deleted, is read from the log once more and sent to it alone.
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
    private SentChains _sent = null!;
    private readonly Dictionary<(string Receiver, string Chain), long> _asked = [];
    private readonly Dictionary<(string Receiver, string Chain), long> _missed = [];
    private long _number;
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
        _sent = await SentChains.LoadAsync(_services.Store, CursorName, _cursor, cancellationToken);
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

    public async Task<IReadOnlyList<ChainMark>> AnswerAsync(string receiver, IReadOnlyList<ChainMark> heard)
    {
        foreach (var mark in heard)
        {
            _asked[(receiver, mark.Chain)] = mark.Place;
        }

        await WakeAsync();
        return heard.Select(mark => mark with { Place = _sent.HeadOf(mark.Chain) }).ToList();
    }

    public Task ResendAsync(string receiver, ChainMark after)
    {
        var key = (receiver, after.Chain);
        _missed[key] = Math.Min(after.Place, _missed.GetValueOrDefault(key, long.MaxValue));
        return WakeAsync();
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
                await ResendMissedAsync(stopping);
                while (await PublishPageAsync(stopping))
                {
                    backoff = TimeSpan.FromMilliseconds(100);
                }

                if (_cursor > durableCursor)
                {
                    if (!_sent.IsSaved)
                    {
                        await _sent.SaveAsync(_services.Store, CursorName, _cursor, _services.Clock.GetUtcNow(), stopping);
                    }

                    await _services.Store.WriteCursorAsync(CursorName, _cursor, stopping);
                    durableCursor = _cursor;
                }

                await AnswerAskedAsync(stopping);
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

        // Only a page that is confirmed to its end moves the chains: sent again, its messages say the same as before.
        var sent = _sent.Copy();
        var confirms = new List<Task>();
        foreach (var message in MessagesOf(page))
        {
            var link = message.Link is { } place ? place with { Previous = sent.Advance(place.Chain, place.Place) } : null;
            confirms.Add(_bus.PublishAsync(message with { Link = link }, stopping).AsTask());
        }

        await Task.WhenAll(confirms).WaitAsync(PublishTimeout, _services.Clock, stopping);
        _published += confirms.Count;
        _sent = sent;
        _cursor = page[^1].Position;
        return page.Count == PageSize;
    }

    /// <summary>
    /// Between pages, so that what is sent again and what is new stand in the receiver's queue in the order of the chain. The log is
    /// read once for all that are waiting.
    /// </summary>
    private async Task ResendMissedAsync(CancellationToken stopping)
    {
        if (_missed.Count == 0)
        {
            return;
        }

        var marks = new Dictionary<(string Receiver, string Chain), long>(_missed);
        var position = marks.Values.Min(ChainPlace.PositionOf) - 1;
        LogResending(_services.Logger, _route, marks.Count, position);
        while (position < _cursor)
        {
            var page = (await _services.Store.ReadAllAsync(Math.Max(position, 0), PageSize, stopping))
                .TakeWhile(stored => stored.Position <= _cursor).ToList();
            if (page.Count == 0)
            {
                break;
            }

            var confirms = new List<Task>();
            foreach (var message in MessagesOf(page))
            {
                foreach (var ((receiver, chain), mark) in marks.ToList())
                {
                    if (message.Link is { } link && link.Chain == chain && link.Place > mark)
                    {
                        marks[(receiver, chain)] = link.Place;
                        confirms.Add(_bus.PublishAsync(Again(message, receiver, mark), stopping).AsTask());
                        ChainMetrics.Resent(_route);
                    }
                }
            }

            await Task.WhenAll(confirms).WaitAsync(PublishTimeout, _services.Clock, stopping);
            position = page[^1].Position;
        }

        foreach (var key in marks.Keys)
        {
            _missed.Remove(key);
        }
    }

    private BroadcastMessage Again(BroadcastMessage message, string receiver, long previous) => message with
    {
        Exchange = Exchanges.Resync,
        RoutingKey = Resync.KeyOf(BroadcastRoutes.QueueOf(_route, receiver)),
        Link = message.Link! with { Previous = previous },
    };

    /// <summary>Where everything is confirmed: a mark then stands behind all that was sent.</summary>
    private async Task AnswerAskedAsync(CancellationToken stopping)
    {
        foreach (var ((receiver, chain), heard) in _asked.ToList())
        {
            var head = _sent.HeadOf(chain);
            if (head > heard)
            {
                var number = _services.Clock.GetUtcNow().UtcTicks + _number++;
                await _bus.PublishAsync(Resync.Sent(_shard.Name, BroadcastRoutes.QueueOf(_route, receiver), chain, head, number), stopping)
                    .AsTask().WaitAsync(PublishTimeout, _services.Clock, stopping);
            }
            else if (head < heard)
            {
                ChainMetrics.LogBehind(_route);
                LogBehind(_services.Logger, _route, chain, receiver, heard, head);
            }

            _asked.Remove((receiver, chain));
        }
    }

    /// <summary>Messages with their place in their chain; what came before them is for the sender to say.</summary>
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
                // Of cumulative events none is missed: the next one says all, and a last one is not cumulative. What has an end
                // may be dropped on its way.
                var link = !BroadcastRoutes.IsCoalesced(type) && expiresAt is null && BroadcastRoutes.ChainOf(_route, key) is { } chain
                    ? new MessageLink(chain, ChainPlace.Of(stored.Position, n), 0)
                    : null;
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
                    Activity.Current?.Id,
                    link);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Route {Route}: {Count} chains are sent again after position {Position}: their receivers have missed something.")]
    private static partial void LogResending(ILogger logger, string route, int count, long position);

    [LoggerMessage(Level = LogLevel.Error, Message = "Route {Route}, chain {Chain}: {Receiver} has heard up to {Heard}, this log has sent up to {Head} only. Was the store restored from an older copy?")]
    private static partial void LogBehind(ILogger logger, string route, string chain, string receiver, long heard, long head);
}

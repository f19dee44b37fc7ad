using System.Diagnostics;
using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.EventStore;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;
using Game.Grains.LogPumps;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Broadcast;

/// <summary>
/// Carries one route's share of the log to the bus, in log order. The cursor moves after the bus has confirmed, so a
/// crash in between publishes again: at least once, and every receiver knows a message by its id. What a shard has missed all the
/// same, because its queue was deleted, is read from the log once more and sent to it alone.
/// </summary>
[Reentrant]
public sealed partial class BroadcastPublisherGrain : LogPumpGrain, IBroadcastPublisherGrain
{
    private readonly IBroadcastBus _bus;
    private readonly ShardIdentity _shard;
    private SentChains _sent = null!;
    private readonly Dictionary<(string Receiver, string Chain), long> _asked = [];
    private readonly Dictionary<(string Receiver, string Chain), long> _missed = [];
    private long _number;
    private long _durable;

    public BroadcastPublisherGrain(EventSourcingServices services, IBroadcastBus bus, ShardIdentity shard)
        : base(services)
    {
        _bus = bus;
        _shard = shard;
    }

    protected override string CursorName => BroadcastRoutes.CursorOf(Route);

    protected override string ReminderName => "publish";

    private string Route => Key;

    public async Task<IReadOnlyList<ChainMark>> AnswerAsync(string receiver, IReadOnlyList<ChainMark> heard)
    {
        // Who has heard all that is confirmed is told nothing; of what is on its way it tells what it has heard the next time.
        var behind = heard.Where(mark => _sent.HeadOf(mark.Chain) != mark.Place).ToList();
        foreach (var mark in behind)
        {
            _asked[(receiver, mark.Chain)] = mark.Place;
        }

        if (behind.Count > 0)
        {
            await WakeAsync();
        }

        return heard.Select(mark => mark with { Place = _sent.HeadOf(mark.Chain) }).ToList();
    }

    public Task ResendAsync(string receiver, ChainMark after)
    {
        var key = (receiver, after.Chain);
        _missed[key] = Math.Min(after.Place, _missed.GetValueOrDefault(key, long.MaxValue));
        return WakeAsync();
    }

    public async Task<PublisherStatus> GetStatusAsync() =>
        new(Route, Cursor, await Services.Store.GetHeadAsync(), Sent, Failures);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _durable = Cursor;
        _sent = await SentChains.LoadAsync(Services.Store, CursorName, Cursor, cancellationToken);
    }

    protected override Task BeginAsync(CancellationToken stopping) => ResendMissedAsync(stopping);

    protected override async Task FinishAsync(CancellationToken stopping)
    {
        if (Cursor > _durable)
        {
            if (!_sent.IsSaved)
            {
                await _sent.SaveAsync(Services.Store, CursorName, Cursor, Services.Clock.GetUtcNow(), stopping);
            }

            if (!await MoveCursorAsync(Cursor, stopping))
            {
                await LoadAsync(stopping);
            }

            _durable = Cursor;
        }

        await AnswerAskedAsync(stopping);
    }

    protected override bool IsTrouble(Exception exception) => exception is BroadcastException or EventCodecException;

    protected override async Task<bool> SendPageAsync(CancellationToken stopping)
    {
        var page = await Services.Store.ReadAllAsync(Cursor, PageSize, stopping);
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

        // The bus gives each its time. A limit here would send the page again while it still waits there, and more the more there is.
        await Task.WhenAll(confirms).WaitAsync(stopping);
        Sent += confirms.Count;
        _sent = sent;
        Cursor = page[^1].Position;
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
        LogResending(Services.Logger, Route, marks.Count, position);
        while (position < Cursor)
        {
            var page = (await Services.Store.ReadAllAsync(Math.Max(position, 0), PageSize, stopping))
                .TakeWhile(stored => stored.Position <= Cursor).ToList();
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
                        ChainMetrics.Resent(Route);
                    }
                }
            }

            await Task.WhenAll(confirms).WaitAsync(stopping);
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
        RoutingKey = Resync.KeyOf(Route, receiver),
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
                var number = Services.Clock.GetUtcNow().UtcTicks + _number++;
                await _bus.PublishAsync(Resync.Sent(_shard.Name, Route, receiver, chain, head, number), stopping);
            }
            else if (head < heard)
            {
                ChainMetrics.LogBehind(Route);
                LogBehind(Services.Logger, Route, chain, receiver, heard, head);
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
            if (Services.Codec.TypeOf(stored.Type) is { } type && BroadcastRoutes.IsCoalesced(type))
            {
                last[(stored.Stream, stored.Type)] = stored.Position;
            }
        }

        foreach (var stored in page)
        {
            if (Services.Codec.TypeOf(stored.Type) is not { } type
                || BroadcastRoutes.RouteOf(type) != Route
                || (last.TryGetValue((stored.Stream, stored.Type), out var position) && position != stored.Position))
            {
                continue;
            }

            var fact = Services.Codec.Decode(stored);
            var (priority, expiresAt) = BroadcastRoutes.UrgencyOf(fact);
            var left = expiresAt - Services.Clock.GetUtcNow();
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
                var link = !BroadcastRoutes.IsCoalesced(type) && expiresAt is null && BroadcastRoutes.ChainOf(Route, key) is { } chain
                    ? new MessageLink(chain, ChainPlace.Of(stored.Position, n), 0)
                    : null;
                yield return new BroadcastMessage(
                    $"{_shard.Name}/{stored.Position}/{n++}",
                    Route,
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Route {Route}: {Count} chains are sent again after position {Position}: their receivers have missed something.")]
    private static partial void LogResending(ILogger logger, string route, int count, long position);

    [LoggerMessage(Level = LogLevel.Error, Message = "Route {Route}, chain {Chain}: {Receiver} has heard up to {Heard}, this log has sent up to {Head} only. Was the store restored from an older copy?")]
    private static partial void LogBehind(ILogger logger, string route, string chain, string receiver, long heard, long head);
}

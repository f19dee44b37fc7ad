using Game.Contracts.Feeds;
using Game.Gateway.Telemetry;

namespace Game.Gateway.Sessions;

/// <summary>
/// The sessions that listen to one topic of one shard. Once nobody listens and the grain knows, it has ended and a
/// successor takes the name: so the grain never sees the successor's subscription before the end of this one. Safe for
/// concurrent use.
/// </summary>
internal sealed class TopicListeners
{
    private readonly Lock _lock = new();
    private readonly PushPace _pace;
    private readonly GatewayMetrics _metrics;
    private readonly HashSet<GameSession> _sessions = [];
    private readonly SemaphoreSlim _reconciling = new(1);
    private bool _subscribed;
    private bool _ended;

    public TopicListeners(string topic, TimeSpan stateInterval, TimeProvider clock, GatewayMetrics metrics)
    {
        Topic = topic;
        _pace = new PushPace(stateInterval, clock, Deliver);
        _metrics = metrics;
    }

    public string Topic { get; }

    /// <summary>False if it has ended.</summary>
    public bool TryAdd(GameSession session)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                _sessions.Add(session);
            }

            return !_ended;
        }
    }

    public void Remove(GameSession session)
    {
        lock (_lock)
        {
            _sessions.Remove(session);
        }
    }

    /// <summary>Brings it to every session, at once or at the pace of states.</summary>
    public void Push(FeedFrame frame) => _pace.Push(frame);

    /// <summary>Subscribes at the grain if anybody listens (again, if asked to renew), unsubscribes if nobody does.</summary>
    /// <returns>True if it has ended.</returns>
    public async Task<bool> ReconcileAsync(IFeedGrain feed, IFeedObserver observer, bool renew = false)
    {
        await _reconciling.WaitAsync();
        try
        {
            while (!IsSettled(out var wanted) || (wanted && renew))
            {
                await (wanted ? feed.SubscribeAsync(observer) : feed.UnsubscribeAsync(observer));
                _subscribed = wanted;
                renew = false;
            }

            return _ended;
        }
        finally
        {
            _reconciling.Release();
        }
    }

    private void Deliver(FeedFrame frame)
    {
        lock (_lock)
        {
            foreach (var session in _sessions)
            {
                session.Push(frame);
            }

            _metrics.Pushed(frame.Type, _sessions.Count);
        }
    }

    private bool IsSettled(out bool wanted)
    {
        lock (_lock)
        {
            wanted = _sessions.Count > 0;
            _ended |= !wanted && !_subscribed;
            return wanted == _subscribed;
        }
    }
}

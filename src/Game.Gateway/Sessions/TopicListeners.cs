using Game.Contracts.Feeds;

namespace Game.Gateway.Sessions;

/// <summary>
/// The sessions that listen to one topic of one shard. Once nobody listens and the grain knows, it has ended and a
/// successor takes the name: so the grain never sees the successor's subscription before the end of this one. Safe for
/// concurrent use.
/// </summary>
internal sealed class TopicListeners(string topic)
{
    private readonly Lock _lock = new();
    private readonly HashSet<GameSession> _sessions = [];
    private readonly SemaphoreSlim _reconciling = new(1);
    private bool _subscribed;
    private bool _ended;

    public string Topic { get; } = topic;

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

    /// <returns>How many got it.</returns>
    public int Push(FeedFrame frame)
    {
        lock (_lock)
        {
            foreach (var session in _sessions)
            {
                session.Push(frame);
            }

            return _sessions.Count;
        }
    }

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

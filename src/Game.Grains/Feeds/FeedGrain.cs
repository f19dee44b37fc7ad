using Game.Contracts.Feeds;

namespace Game.Grains.Feeds;

public sealed class FeedGrain(TimeProvider clock) : ShardGrain, IFeedGrain
{
    private readonly Dictionary<IFeedObserver, DateTimeOffset> _observers = [];

    public Task SubscribeAsync(IFeedObserver observer)
    {
        _observers[observer] = clock.GetUtcNow() + FeedTopics.Lease;
        return Task.CompletedTask;
    }

    public Task UnsubscribeAsync(IFeedObserver observer)
    {
        _observers.Remove(observer);
        if (_observers.Count == 0)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    public Task PublishAsync(FeedMessage message)
    {
        var now = clock.GetUtcNow();
        foreach (var (observer, leasedUntil) in _observers)
        {
            if (leasedUntil < now)
            {
                _observers.Remove(observer);
            }
            else
            {
                // One-way: an observer that is gone answers nothing and its lease runs out.
                _ = observer.OnPushAsync(message);
            }
        }

        return Task.CompletedTask;
    }
}

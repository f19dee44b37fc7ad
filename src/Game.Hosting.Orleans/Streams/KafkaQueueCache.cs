using Microsoft.Extensions.Logging;
using Orleans.Providers.Streams.Common;

namespace Game.Hosting.Orleans.Streams;

/// <summary>
/// Orleans' own simple cache, which leaves what a consumer skipped out of what it says has passed. Here that is in it too, once it
/// is a dead letter: only then may its offset be committed. In the agent's turns.
/// </summary>
internal sealed class KafkaQueueCache(int size, TimeProvider clock, ILogger logger) : IQueueCache
{
    private readonly SimpleQueueCache _cache = new(size, logger);
    private readonly Queue<KafkaBatchContainer> _cached = [];

    private IQueueCache Cache => _cache;

    public int GetMaxAddCount() => _cache.GetMaxAddCount();

    public bool IsUnderPressure() => _cache.IsUnderPressure();

    public void AddToCache(IList<IBatchContainer> messages)
    {
        _cache.AddToCache(messages);
        foreach (var container in messages.Cast<KafkaBatchContainer>())
        {
            _cached.Enqueue(container);
        }
    }

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        if (!_cache.TryPurgeFromCache(out var delivered))
        {
            return false;
        }

        var taken = delivered.ToHashSet(ReferenceEqualityComparer.Instance);
        while (_cached.Count > _cache.Size)
        {
            var container = _cached.Dequeue();
            if (container.IsPutAside || taken.Contains(container))
            {
                purgedItems.Add(container);
            }
        }

        return true;
    }

    public QueueCacheCursorResult<IQueueCacheCursor> TryGetCacheCursor(StreamId streamId, StreamSequenceToken? token) =>
        Noting(Cache.TryGetCacheCursor(streamId, token));

    public QueueCacheCursorResult<IQueueCacheCursor> TryGetCacheCursorAtPosition(
        StreamId streamId, StreamSubscriptionStartPosition startPosition) =>
        Noting(Cache.TryGetCacheCursorAtPosition(streamId, startPosition));

    [Obsolete("As in the interface.")]
    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token) =>
        new KafkaQueueCursor(_cache.GetCacheCursor(streamId, token), clock);

    public void UpdateDeliveryProgress(StreamSequenceToken? earliestSubscriptionToken, DateTime utcNow) =>
        Cache.UpdateDeliveryProgress(earliestSubscriptionToken, utcNow);

    private QueueCacheCursorResult<IQueueCacheCursor> Noting(QueueCacheCursorResult<IQueueCacheCursor> result) =>
        result.Kind == QueueCacheCursorResultKind.Success
            ? QueueCacheCursorResult<IQueueCacheCursor>.FromCursor(new KafkaQueueCursor(result.Cursor!, clock))
            : result;
}

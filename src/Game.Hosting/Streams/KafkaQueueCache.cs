using Microsoft.Extensions.Logging;
using Orleans.Providers.Streams.Common;

namespace Game.Hosting.Streams;

/// <summary>
/// Orleans' own simple cache, which leaves what a consumer skipped out of what it says has passed. Here that is in it too, once it
/// is a dead letter: only then may its offset be committed. And Orleans' counts batches, whatever they hold: here records are counted.
/// In the agent's turns.
/// </summary>
/// <param name="maxRecords">Records that it holds at most.</param>
/// <param name="batchRecords">Records that are read at once, at most.</param>
/// <param name="clock">Tells when a delivery began.</param>
/// <param name="logger">What Orleans' cache has to say.</param>
internal sealed class KafkaQueueCache(int maxRecords, int batchRecords, TimeProvider clock, ILogger logger) : IQueueCache
{
    // It lets go of a tenth of its batches together: far more of them than there ever are would all be kept until the last one is gone.
    private readonly SimpleQueueCache _cache = new(Math.Max(maxRecords / 25, 2 * batchRecords), logger);
    private readonly Queue<KafkaBatchContainer> _cached = [];
    private int _records;

    private IQueueCache Cache => _cache;

    public int GetMaxAddCount() => _cache.GetMaxAddCount();

    public bool IsUnderPressure() => _records > maxRecords - batchRecords || _cache.IsUnderPressure();

    public void AddToCache(IList<IBatchContainer> messages)
    {
        _cache.AddToCache(messages);
        foreach (var container in messages.Cast<KafkaBatchContainer>())
        {
            _cached.Enqueue(container);
            _records += container.Items.Count;
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
            _records -= container.Items.Count;
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

namespace Game.Hosting.Streams;

/// <summary>A cursor of Orleans' simple cache that notes when delivery of a batch began.</summary>
internal sealed class KafkaQueueCursor(IQueueCacheCursor cursor, TimeProvider clock) : IQueueCacheCursor
{
    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        var current = cursor.GetCurrent(out exception);
        if (current is KafkaBatchContainer container)
        {
            container.DeliveredAt ??= clock.GetTimestamp();
        }

        return current;
    }

    public QueueCacheCursorMoveResult MoveNextWithResult() => cursor.MoveNextWithResult();

    [Obsolete("As in the interface.")]
    public bool MoveNext() => cursor.MoveNext();

    public void Refresh(StreamSequenceToken? token) => cursor.Refresh(token!);

    public void RecordDeliveryFailure() => cursor.RecordDeliveryFailure();

    public void Dispose() => cursor.Dispose();
}

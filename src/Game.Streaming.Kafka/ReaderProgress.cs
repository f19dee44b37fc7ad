namespace Game.Streaming.Kafka;

/// <summary>Where a <see cref="PartitionReader"/> stands. Only the reader's own thread moves it; <see cref="Status"/> is safe for concurrent use.</summary>
internal sealed class ReaderProgress(OffsetWatermark watermark)
{
    private readonly Lock _lock = new();
    private long? _next;
    private long? _start;
    private long? _committed;
    private long? _end;
    private long _missing;

    /// <summary>The offset to read next; for the reader's own thread. Null: nothing has been read.</summary>
    public long? Next => _next;

    /// <summary>What the broker has; for the reader's own thread.</summary>
    public long? Committed => _committed;

    public ReaderStatus Status
    {
        get
        {
            lock (_lock)
            {
                // Asked within: what is committed was handled before.
                return new ReaderStatus(_next, watermark.Position ?? _start, _committed, _end, _missing);
            }
        }
    }

    public void StartAt(long offset)
    {
        lock (_lock)
        {
            _start = offset;
        }
    }

    public void Commit(long offset)
    {
        lock (_lock)
        {
            _committed = offset;
        }
    }

    public void EndAt(long offset)
    {
        lock (_lock)
        {
            _end = offset;
        }
    }

    /// <summary>Moves past a record that was read.</summary>
    /// <returns>How many were gone before it, and what was to be read next if the partition begins anew with this one.</returns>
    public (long Missing, long? BeginsAnewAfter) Take(long offset)
    {
        lock (_lock)
        {
            var missing = (_next ?? _start) is { } expected && offset > expected ? offset - expected : 0;
            var before = _next is { } next && offset < next ? _next : null;
            if (before is not null)
            {
                _committed = null;
                _start = offset;
            }

            _start ??= offset;
            _next = offset + 1;
            _missing += missing;
            return (missing, before);
        }
    }
}

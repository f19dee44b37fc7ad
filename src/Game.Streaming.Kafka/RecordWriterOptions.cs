namespace Game.Streaming.Kafka;

/// <summary>Settings of a <see cref="RecordWriter"/>.</summary>
public sealed record RecordWriterOptions
{
    /// <summary>How long a record may wait for others to share its batch, 0–1000 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Largest batch of one partition, in bytes before compression.</summary>
    public int BatchBytes { get; init; } = 64 * 1024;

    /// <summary>Whether batches are compressed (snappy).</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Records that may be written and not yet confirmed. At least 1.</summary>
    public int MaxQueuedRecords { get; init; } = 100_000;

    /// <summary>Bytes that may be written and not yet confirmed. At least one record is let in whatever its size.</summary>
    public long MaxQueuedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Calls that may wait for room in the queue; one more fails at once.</summary>
    public int MaxWaitingCalls { get; init; } = 4096;

    /// <summary>Largest record, key, headers and framing included, in bytes. The topic's own limit may be lower.</summary>
    public int MaxRecordBytes { get; init; } = 1_000_000;

    /// <summary>A record that is not confirmed after this long has failed.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long closing waits for confirms; what is left then is unknown.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Linger, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Linger, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedRecords, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxQueuedRecords, 5_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxQueuedBytes, 1L << 30);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaitingCalls, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRecordBytes, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxRecordBytes, 100 * 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DeliveryTimeout, Linger);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CloseTimeout, TimeSpan.Zero);
    }
}

namespace Game.Streaming.Kafka;

/// <summary>Where a reader stands. Offsets are of the record that comes next; null: not known yet.</summary>
/// <param name="Read">Read and handed over up to here.</param>
/// <param name="Handled">Handled without a gap up to here.</param>
/// <param name="Committed">Committed up to here.</param>
/// <param name="End">End of the partition, when last heard of.</param>
/// <param name="Missing">Records that were gone before they were read: the retention was shorter than the delay.</param>
public readonly record struct ReaderStatus(long? Read, long? Handled, long? Committed, long? End, long Missing)
{
    /// <summary>Records in the partition that are not yet handled; 0 while the end is not known.</summary>
    public long Lag => End is { } end ? Math.Max(0, end - (Handled ?? 0)) : 0;
}

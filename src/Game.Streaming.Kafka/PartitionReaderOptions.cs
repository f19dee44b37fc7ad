namespace Game.Streaming.Kafka;

/// <summary>Settings of a <see cref="PartitionReader"/>.</summary>
public sealed record PartitionReaderOptions
{
    public required string Topic { get; init; }

    public required int Partition { get; init; }

    /// <summary>
    /// Whose committed offset it starts from and moves on; the first start of a group is from the earliest record. Null: from
    /// <see cref="StartAt"/>, and nothing is ever committed.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>Without a group: the offset to start at. Null: the earliest.</summary>
    public long? StartAt { get; init; }

    /// <summary>Most records handed over at once.</summary>
    public int BatchRecords { get; init; } = 500;

    /// <summary>Bytes after which a batch is handed over with fewer records.</summary>
    public int BatchBytes { get; init; } = 1024 * 1024;

    /// <summary>Batches read ahead of the consumer; then the reader waits.</summary>
    public int BufferedBatches { get; init; } = 4;

    /// <summary>What the client may fetch ahead of the reader, in KiB.</summary>
    public int PrefetchKilobytes { get; init; } = 16 * 1024;

    /// <summary>How often the contiguous prefix of what is handled is committed.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait before a partition that could not be read is tried again.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long closing waits for the last commit.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Topic);
        ArgumentOutOfRangeException.ThrowIfNegative(Partition);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchRecords, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferedBatches, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefetchKilobytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CommitInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CloseTimeout, TimeSpan.Zero);
        if (Group is not null && StartAt is not null)
        {
            throw new ArgumentException($"{nameof(StartAt)} is for readers without a {nameof(Group)}.");
        }
    }
}

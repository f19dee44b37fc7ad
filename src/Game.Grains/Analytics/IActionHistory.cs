using Game.Contracts.Analytics;

namespace Game.Grains.Analytics;

/// <summary>What the topic of player actions keeps of this shard. Safe for concurrent use.</summary>
public interface IActionHistory
{
    /// <summary>The partition that a bucket's stream lives in.</summary>
    int PartitionOf(string bucket);

    /// <summary>Where the records of a time begin in each partition of the shard.</summary>
    /// <exception cref="ActionHistoryException">The topic cannot be read now.</exception>
    Task<IReadOnlyList<HistoryPlace>> FindAsync(DateTimeOffset at);

    /// <summary>The offset after the last record of each partition of the shard.</summary>
    /// <exception cref="ActionHistoryException">The topic cannot be read now.</exception>
    Task<IReadOnlyDictionary<int, long>> ReadEndsAsync();

    /// <summary>Reads a partition from an offset on, and waits at its end for more.</summary>
    IActionHistoryReader Open(int partition, long from);
}

/// <summary>Reads a partition in order. For one caller at a time.</summary>
public interface IActionHistoryReader : IAsyncDisposable
{
    /// <summary>The next records. Waits for them, and while the topic is away.</summary>
    /// <exception cref="ActionHistoryException">The reader has ended.</exception>
    ValueTask<HistoryBatch> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>Where the records of a time begin in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The first record of that time or later.</param>
/// <param name="IsWhole">Whether all records of that time and later are still there for sure.</param>
/// <param name="KeptSince">The time of the first record that is still there; null: none was ever removed.</param>
public sealed record HistoryPlace(int Partition, long Offset, bool IsWhole, DateTimeOffset? KeptSince);

/// <summary>Records of a partition.</summary>
/// <param name="Next">The offset after the last of them.</param>
/// <param name="Missing">Records that were removed before they were read, since the reader was opened.</param>
/// <param name="Actions">The actions among them, in order, each with its stream. What is a dead letter is none.</param>
public sealed record HistoryBatch(long Next, long Missing, IReadOnlyList<(string Bucket, PlacedAction Action)> Actions);

/// <summary>The topic of player actions cannot be read now.</summary>
public sealed class ActionHistoryException(string message, Exception? innerException = null) : Exception(message, innerException);

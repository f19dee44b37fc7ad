namespace Game.Streaming.Kafka;

/// <summary>Where the records of a time begin in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The first record of that time or later; the end, if there is none.</param>
/// <param name="First">The first record that is still there; 0: none was ever removed.</param>
/// <param name="KeptSince">The time of the first record; null: none was ever removed, or there is none.</param>
public sealed record TimeOffset(int Partition, long Offset, long First, DateTimeOffset? KeptSince);

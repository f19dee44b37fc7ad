namespace Game.Streaming.Kafka;

/// <summary>Where a record was written.</summary>
public readonly record struct RecordPosition(string Topic, int Partition, long Offset);

namespace Game.Streaming.Kafka;

/// <summary>A type of item: its name in the topic and its present schema version, at least 1.</summary>
public sealed record RecordType(Type Type, string Alias, int Version = 1);

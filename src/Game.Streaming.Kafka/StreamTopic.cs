namespace Game.Streaming.Kafka;

/// <summary>A topic that streams are of.</summary>
/// <param name="Name">Its name, which is the streams' namespace.</param>
/// <param name="Partitions">How many it has, as the broker says.</param>
/// <param name="Codec">What its events are.</param>
public sealed record StreamTopic(string Name, int Partitions, IRecordCodec Codec);

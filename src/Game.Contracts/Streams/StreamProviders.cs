namespace Game.Contracts.Streams;

/// <summary>Names of the stream providers of every host.</summary>
public static class StreamProviders
{
    /// <summary>Streams over Kafka; in memory on a host without brokers.</summary>
    public const string Kafka = "kafka";
}

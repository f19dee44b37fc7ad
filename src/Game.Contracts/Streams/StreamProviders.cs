namespace Game.Contracts.Streams;

/// <summary>Names of the stream providers that grains ask for; which technology stands behind one is configuration.</summary>
public static class StreamProviders
{
    public const string Kafka = "kafka";
}

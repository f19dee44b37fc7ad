namespace Game.Streaming.Kafka;

/// <summary>The brokers do not answer, or refuse; the message says which topic and why.</summary>
public sealed class TopicAdministrationException(string message, bool isRefusal, Exception innerException)
    : Exception(message, innerException)
{
    /// <summary>Whether waiting does not mend it: a wrong password, a missing right.</summary>
    public bool IsRefusal { get; } = isRefusal;
}

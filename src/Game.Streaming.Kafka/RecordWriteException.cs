namespace Game.Streaming.Kafka;

/// <summary>A record was not confirmed.</summary>
public sealed class RecordWriteException(string message, bool mayBeStored, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether the record may be in the topic all the same: writing it again may double it. False: it certainly is not.</summary>
    public bool MayBeStored { get; } = mayBeStored;

    /// <summary>Whether writing it again as it is can never succeed: it is larger than the limit.</summary>
    public bool IsTooLarge { get; init; }
}

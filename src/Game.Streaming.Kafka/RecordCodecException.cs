namespace Game.Streaming.Kafka;

/// <summary>A record that cannot be understood, or an item that cannot be written. Holds no payload.</summary>
public sealed class RecordCodecException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace Game.Streaming.Kafka;

/// <summary>A topic could not be read to its end.</summary>
public sealed class TopicScanException(string message, Exception? innerException = null) : Exception(message, innerException);

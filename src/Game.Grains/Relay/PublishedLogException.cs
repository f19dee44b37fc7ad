namespace Game.Grains.Relay;

/// <summary>What a topic holds is no whole log: something is missing, or two worlds wrote to it.</summary>
public sealed class PublishedLogException(string message, Exception? innerException = null) : Exception(message, innerException);

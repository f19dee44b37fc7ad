namespace Game.Grains.Relay;

/// <summary>Events were not confirmed. To be written again.</summary>
public sealed class EventSinkException(string message, Exception? innerException) : Exception(message, innerException);

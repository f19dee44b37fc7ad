namespace Game.Grains.Analytics;

/// <summary>No way took the actions, and there is no room to keep them. To be sent again.</summary>
public sealed class ActionsNotTakenException(string message, Exception? innerException) : Exception(message, innerException);

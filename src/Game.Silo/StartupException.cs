namespace Game.Silo;

/// <summary>The process cannot start or go on, for a reason its operator can mend: the message says which and how.</summary>
public sealed class StartupException(string message) : Exception(message);

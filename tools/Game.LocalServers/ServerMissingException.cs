namespace Game.LocalServers;

/// <summary>A server program is not installed; the message says how to get it.</summary>
public sealed class ServerMissingException(string message) : Exception(message);

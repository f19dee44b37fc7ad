namespace Game.Routing;

/// <summary>A way did not take a message, or did not say so; the message may have arrived all the same.</summary>
public sealed class RouteException(string message, Exception? innerException = null) : Exception(message, innerException);

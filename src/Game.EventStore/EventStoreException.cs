namespace Game.EventStore;

/// <summary>The store could not do it, and nothing was changed: full, read-only, locked, corrupt, closed.</summary>
public class EventStoreException : Exception
{
    public EventStoreException(string message)
        : base(message)
    {
    }

    public EventStoreException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

namespace Game.EventStore;

/// <summary>An append was sent and its answer was lost: whether it is stored must be read back by command id.</summary>
public sealed class AppendOutcomeUnknownException : EventStoreException
{
    public AppendOutcomeUnknownException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

namespace Game.Broadcast;

/// <summary>The bus did not confirm, or refused a declaration.</summary>
public sealed class BroadcastException : Exception
{
    public BroadcastException(string message)
        : base(message)
    {
    }

    public BroadcastException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

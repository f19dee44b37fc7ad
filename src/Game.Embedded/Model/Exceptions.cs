namespace Game.Embedded;

/// <summary>Base of the errors that the host itself raises.</summary>
public class OrleansException : Exception
{
    public OrleansException(string message)
        : base(message)
    {
    }

    public OrleansException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A request was not carried out: its target could not take it.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    public OrleansMessageRejectionException(string message)
        : base(message)
    {
    }

    public OrleansMessageRejectionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The silo is not running, is shutting down or has died; whether a request in flight took effect is unknown.</summary>
public sealed class SiloUnavailableException(string message) : OrleansMessageRejectionException(message);

/// <summary>The observer's reference was deleted or the observer is no longer alive.</summary>
public sealed class ClientNotAvailableException(string message) : OrleansException(message);

/// <summary>The reminder does not exist or was changed by someone else.</summary>
public sealed class ReminderException(string message) : OrleansException(message);

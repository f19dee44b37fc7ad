namespace Game.Broadcast.RabbitMq;

/// <summary>A message that the broker waits to hear about.</summary>
internal sealed class ReceivedMessage
{
    /// <summary>Its delivery's number on the channel it came on.</summary>
    public required ulong Tag { get; init; }

    public required BroadcastMessage Message { get; init; }

    /// <summary>As they came.</summary>
    public required IDictionary<string, object?> Headers { get; init; }

    /// <summary>What is missing in the message; null: nothing.</summary>
    public string? Complaint { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What its failures are remembered by.</summary>
    public required string FailureKey { get; init; }
}

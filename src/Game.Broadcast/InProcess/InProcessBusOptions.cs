namespace Game.Broadcast.InProcess;

/// <summary>Settings of an <see cref="InProcessBus"/>.</summary>
public sealed record InProcessBusOptions
{
    /// <summary>The file that holds the queues. Made if missing; in use by one bus at a time.</summary>
    public required string Path { get; init; }

    /// <summary>Wait before the first redelivery; doubles with every further one of the same message.</summary>
    public TimeSpan RedeliveryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxRedeliveryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Messages a queue keeps in memory; further ones stay in the file until these are consumed.</summary>
    public int WindowMessages { get; init; } = 4096;

    /// <summary>Bytes of bodies a queue keeps in memory.</summary>
    public int WindowBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Publishes that may wait for their confirm at a time; one more fails at once.</summary>
    public int MaxUnconfirmed { get; init; } = 65_536;

    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RedeliveryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRedeliveryDelay, RedeliveryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowMessages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowBytes, BroadcastMessage.MaxBodyBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUnconfirmed, 1);
    }
}

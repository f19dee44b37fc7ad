namespace Game.Routing;

/// <summary>Settings of a <see cref="MessageRouter"/>.</summary>
public sealed record RouterOptions
{
    /// <summary>File of the retry spool; its folder has to exist. One process uses it at a time.</summary>
    public required string SpoolFile { get; init; }

    /// <summary>Bytes of messages that the spool holds at most; then sends are refused. 1 MiB or more.</summary>
    public long MaxSpoolBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>A way that has not confirmed after this long has failed.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a way that failed again and again is not tried, at least 0.5 s.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait before a closed way is tried again; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether a fresh spool may mean that an older one was lost, so that messages may be parked at the other broker all the same: they
    /// are looked for before any new one is sent.
    /// </summary>
    public bool LooksForParked { get; init; }

    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(SpoolFile);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSpoolBytes, 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SendTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BreakDuration, TimeSpan.FromSeconds(0.5));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
    }
}

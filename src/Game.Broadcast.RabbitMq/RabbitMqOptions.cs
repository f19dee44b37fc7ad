namespace Game.Broadcast.RabbitMq;

/// <summary>Settings of a <see cref="RabbitMqBus"/>.</summary>
public sealed record RabbitMqOptions
{
    /// <summary>
    /// Nodes of one broker cluster, tried in random order: <c>amqp(s)://user:password@host:port/vhost</c>. User, password and
    /// virtual host are the first one's.
    /// </summary>
    public required IReadOnlyList<Uri> Nodes { get; init; }

    /// <summary>What the broker calls this process's connections.</summary>
    public string ClientName { get; init; } = "game";

    /// <summary>Longest wait for a connection or the broker's answer to a request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A publish without a confirm after this long has failed.</summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Publishes that may wait for their confirm at a time; one more fails at once.</summary>
    public int MaxUnconfirmed { get; init; } = 4096;

    /// <summary>Wait before the first redelivery or reconnection; doubles with every further one, and is spread by ± 25 %.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the depths that metrics show are read from the broker.</summary>
    public TimeSpan DepthInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    internal void Validate()
    {
        if (Nodes.Count == 0 || Nodes.Any(node => node.Scheme is not ("amqp" or "amqps")))
        {
            throw new ArgumentException("Nodes must be amqp:// or amqps:// addresses, at least one.", nameof(Nodes));
        }

        ArgumentException.ThrowIfNullOrWhiteSpace(ClientName);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConfirmTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUnconfirmed, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DepthInterval, TimeSpan.Zero);
    }

    /// <summary>The wait after the given number of failures in a row, 1 or more.</summary>
    internal TimeSpan Backoff(int failures)
    {
        var delay = RetryDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        return (delay < MaxRetryDelay ? delay : MaxRetryDelay) * (0.75 + (Random.Shared.NextDouble() / 2));
    }
}

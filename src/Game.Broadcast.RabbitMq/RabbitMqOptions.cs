namespace Game.Broadcast.RabbitMq;

/// <summary>Settings of a <see cref="RabbitMqBus"/>.</summary>
public sealed record RabbitMqOptions
{
    /// <summary>
    /// Nodes of one broker cluster, tried in random order: <c>amqp(s)://user:password@host:port/vhost</c>. User, password and
    /// virtual host are the first one's.
    /// </summary>
    public required IReadOnlyList<Uri> Nodes { get; init; }

    /// <summary>Asked for the nodes before every attempt to connect, so that credentials may be rotated; null: they are always <see cref="Nodes"/>.</summary>
    public Func<IReadOnlyList<Uri>>? ReadNodes { get; init; }

    /// <summary>PEM file with the authorities that <c>amqps</c> nodes' certificates must lead to; null: those this machine trusts.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with the certificate that this process shows to <c>amqps</c> nodes; null: none.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>PEM file with its key; null: it is in the same file.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>
    /// How often both ends say that they are there, 1 s or more: a connection that has gone silent is given up after three of these at most.
    /// </summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the broker calls this process's connections.</summary>
    public string ClientName { get; init; } = "game";

    /// <summary>Longest wait for a connection or the broker's answer to a request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A message that the broker has not confirmed this long after it was sent has failed, and one that waits to be sent when the
    /// broker has answered nothing at all for so long.
    /// </summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Publishes that may wait for their confirm at a time; one more fails at once.</summary>
    public int MaxUnconfirmed { get; init; } = 4096;

    /// <summary>Wait before the first redelivery or reconnection; doubles with every further one, and is spread by ± 25 %.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the depths that metrics show are read from the broker.</summary>
    public TimeSpan DepthInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often what this process has declared is put back, should the broker have lost it.</summary>
    public TimeSpan RestoreInterval { get; init; } = TimeSpan.FromSeconds(30);

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
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RestoreInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Heartbeat, TimeSpan.FromSeconds(1));
    }

    /// <summary>The wait after the given number of failures in a row, 1 or more.</summary>
    internal TimeSpan Backoff(int failures)
    {
        var delay = RetryDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        return (delay < MaxRetryDelay ? delay : MaxRetryDelay) * (0.75 + (Random.Shared.NextDouble() / 2));
    }
}

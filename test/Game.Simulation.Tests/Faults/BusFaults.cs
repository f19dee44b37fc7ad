namespace Game.Simulation.Tests;

/// <summary>What the bus does to messages; probabilities from 0 to 1, a message or batch each.</summary>
internal sealed record BusFaults
{
    public static readonly BusFaults None = new();

    /// <summary>The connection breaks: this publish and those behind it are lost and not confirmed.</summary>
    public double Lost { get; init; }

    /// <summary>Stored, and yet never confirmed: the publisher sends it again.</summary>
    public double Unconfirmed { get; init; }

    /// <summary>Stored twice in a row.</summary>
    public double Doubled { get; init; }

    /// <summary>The consumer's acknowledgements are lost after it has handled a batch: all of it comes again.</summary>
    public double AckLost { get; init; }

    /// <summary>The consumer's connection breaks while it handles a batch, which comes again while it is still at it.</summary>
    public double ConsumerLost { get; init; }

    /// <summary>The queue is purged just after a message has been stored: it and all that waits there is lost.</summary>
    public double Purged { get; init; }

    /// <summary>The consumer pauses for up to a second before it takes a batch, so that batches grow.</summary>
    public double Slow { get; init; }

    /// <summary>A message takes up to <see cref="LongDelay"/> instead of milliseconds; those behind it from the same source wait.</summary>
    public double Delayed { get; init; }

    public TimeSpan LongDelay { get; init; }

    public static BusFaults Draw(Random random) => new()
    {
        Lost = random.NextDouble() * 0.05,
        Unconfirmed = random.NextDouble() * 0.05,
        Doubled = random.NextDouble() * 0.2,
        AckLost = random.NextDouble() * 0.2,
        ConsumerLost = random.NextDouble() * 0.1,
        Slow = random.NextDouble() * 0.3,
        Delayed = random.NextDouble() * 0.1,
        LongDelay = TimeSpan.FromSeconds(random.NextDouble() * 8),
        Purged = random.Next(3) == 0 ? random.NextDouble() * 0.02 : 0,
    };
}

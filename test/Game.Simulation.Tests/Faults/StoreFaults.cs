namespace Game.Simulation.Tests;

/// <summary>What an event store does to calls; probabilities from 0 to 1, a call each.</summary>
internal sealed record StoreFaults
{
    public static readonly StoreFaults None = new();

    /// <summary>An append or cursor is refused: nothing is stored.</summary>
    public double Refused { get; init; }

    /// <summary>The answer to an append is lost; half of these are stored.</summary>
    public double OutcomeUnknown { get; init; }

    /// <summary>A read fails.</summary>
    public double Unreadable { get; init; }

    public static StoreFaults Draw(Random random) => new()
    {
        Refused = random.NextDouble() * 0.05,
        OutcomeUnknown = random.NextDouble() * 0.05,
        Unreadable = random.NextDouble() * 0.01,
    };
}

namespace Game.Simulation.Tests;

/// <summary>Something that must always hold did not.</summary>
internal sealed class RuleBrokenException : Exception
{
    public RuleBrokenException(string message)
        : base(message)
    {
    }

    public RuleBrokenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

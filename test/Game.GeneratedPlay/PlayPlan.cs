namespace Game.GeneratedPlay;

/// <summary>A population to be generated.</summary>
/// <param name="Seed">The same seed plays the same.</param>
/// <param name="Players">How many, all conducts together.</param>
/// <param name="Hours">How long each plays, pauses between sessions not counted.</param>
/// <param name="Cheaters">Share of players who cheat, 0 to 1; a third each bots, speeders and farmers.</param>
/// <param name="Buckets">Players are spread over this many.</param>
public sealed record PlayPlan(int Seed, int Players, double Hours, double Cheaters, int Buckets = 16)
{
    public static readonly DateTimeOffset Start = new(2026, 5, 4, 8, 0, 0, TimeSpan.Zero);
}

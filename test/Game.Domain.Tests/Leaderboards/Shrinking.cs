namespace Game.Domain.Tests.Leaderboards;

/// <summary>Smaller versions of a failing sequence of steps.</summary>
internal static class Shrinking
{
    /// <summary>The first half, the second half, and all but one.</summary>
    public static IEnumerable<T[]> DropOne<T>(T[] steps)
    {
        if (steps.Length > 1)
        {
            yield return steps[..(steps.Length / 2)];
            yield return steps[(steps.Length / 2)..];
        }

        for (var i = 0; i < steps.Length; i++)
        {
            yield return [.. steps[..i], .. steps[(i + 1)..]];
        }
    }
}

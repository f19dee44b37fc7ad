namespace Game.Silo.Settings;

/// <summary>Analytics of the shards. docs/analytics.md tells how to compute them again.</summary>
public sealed class AnalyticsSettings
{
    /// <summary>The generation of windows that actions are folded into, 1–1,000,000.</summary>
    public int Generation { get; set; } = 1;

    /// <summary>How long a batch of actions gathers after one that was not full, 0–10,000 ms.</summary>
    public int LingerMilliseconds { get; set; } = 250;

    /// <summary>Whether analytics is told what players do in the game, from the shards' logs.</summary>
    public bool ServerActions { get; set; } = true;

    internal IEnumerable<string> Validate(string path)
    {
        if (Generation is < 1 or > 1_000_000)
        {
            yield return $"{path}:Generation: must be 1 to 1000000, not {Generation}.";
        }

        if (LingerMilliseconds is < 0 or > 10_000)
        {
            yield return $"{path}:LingerMilliseconds: must be 0 to 10000, not {LingerMilliseconds}.";
        }
    }
}

namespace Game.Silo.Settings;

/// <summary>Analytics of the shards.</summary>
public sealed class AnalyticsSettings
{
    /// <summary>How long a batch of actions gathers after one that was not full, 0–10,000 ms.</summary>
    public int LingerMilliseconds { get; set; } = 250;

    /// <summary>Whether analytics is told what players do in the game, from the shards' logs.</summary>
    public bool ServerActions { get; set; } = true;

    internal IEnumerable<string> Validate(string path)
    {
        if (LingerMilliseconds is < 0 or > 10_000)
        {
            yield return $"{path}:LingerMilliseconds: must be 0 to 10000, not {LingerMilliseconds}.";
        }
    }
}

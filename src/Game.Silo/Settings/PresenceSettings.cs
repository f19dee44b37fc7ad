using Game.Grains.Presence;

namespace Game.Silo.Settings;

/// <summary>How shards tell each other who is online. The same for all shards of the game.</summary>
public sealed class PresenceSettings
{
    /// <summary>
    /// How often a shard tells the others, 1–60 s. Friends see each other come and go that much later, and each shard hears one
    /// message of every other one in that time.
    /// </summary>
    public int IntervalSeconds { get; set; } = 2;

    /// <summary>After so many intervals without a word a shard's players count as offline, 2–100.</summary>
    public int MissedIntervals { get; set; } = 5;

    internal PresenceOptions ToOptions() => new() { Interval = TimeSpan.FromSeconds(IntervalSeconds), MissedIntervals = MissedIntervals };

    internal IEnumerable<string> Validate(string path)
    {
        if (IntervalSeconds is < 1 or > 60)
        {
            yield return $"{path}:IntervalSeconds: must be 1 to 60, not {IntervalSeconds}.";
        }

        if (MissedIntervals is < 2 or > 100)
        {
            yield return $"{path}:MissedIntervals: must be 2 to 100, not {MissedIntervals}.";
        }
    }
}

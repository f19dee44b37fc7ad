namespace Game.Contracts.WorldEvents;

/// <summary>Limits of a world event, the same on every shard.</summary>
public static class WorldEventLimits
{
    public const int MaxNameLength = 64;
    public const int MinDurationSeconds = 5;
    public const int MaxDurationSeconds = 7 * 24 * 3600;
    public const int MaxLeadSeconds = 24 * 3600;
    public const int DefaultLeadSeconds = 60;
    public const int MinMultiplier = 2;
    public const int MaxMultiplier = 10;
    public const long MaxHitPoints = 1_000_000_000_000;

    /// <summary>Greatest experience that the slayers of a boss share.</summary>
    public const long MaxReward = 1_000_000_000_000;

    /// <summary>How far a start may lie from now: <see cref="MaxBehind"/> and <see cref="MaxAhead"/> in words.</summary>
    public const string Start = "at most 1 minute ago and 366 days ahead";

    public const int MinPower = 1;
    public const int MaxPower = 100;

    /// <summary>Places of the ranking of contributions, exact over all shards.</summary>
    public const int RankedContributions = 100;

    /// <summary>How far ahead an event may be scheduled.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromDays(366);

    /// <summary>How far back a start may lie when the event is scheduled: it then begins at once.</summary>
    public static readonly TimeSpan MaxBehind = TimeSpan.FromMinutes(1);

    /// <summary>How long an event that is over waits for the final counters of its fronts.</summary>
    public static readonly TimeSpan SettleWithin = TimeSpan.FromMinutes(2);
}

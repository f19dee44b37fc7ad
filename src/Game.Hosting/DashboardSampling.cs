namespace Game.Hosting;

/// <summary>What the dashboard of a shard's engine may cost.</summary>
public sealed record DashboardSampling
{
    /// <summary>How often a silo samples itself, and how old at most the counters of all silos are, at least 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Samples kept of each silo, and seconds kept of each method while somebody looks, at least 1.</summary>
    public int History { get; init; } = 100;

    /// <summary>For how long calls are still timed after the last look at the dashboard; to the minute.</summary>
    public TimeSpan ProfiledAfterLook { get; init; } = TimeSpan.FromMinutes(1);
}

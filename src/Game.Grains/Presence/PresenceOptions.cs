namespace Game.Grains.Presence;

/// <summary>How presence is told between shards, the same on all of them.</summary>
public sealed record PresenceOptions
{
    /// <summary>How often gateways report to their shards.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    /// <summary>A gateway that has not reported for this long has no sessions any more.</summary>
    public static readonly TimeSpan GatewayPatience = TimeSpan.FromSeconds(10);

    /// <summary>How often a shard with players online tells the others, 0.1–60 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A shard that has not been heard for so many intervals has nobody online, at least 2.</summary>
    public int MissedIntervals { get; init; } = 5;

    public TimeSpan Patience => Interval * MissedIntervals;
}

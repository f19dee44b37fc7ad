namespace Game.Contracts.Wars;

/// <summary>Limits of a war, the same on every shard.</summary>
public static class WarLimits
{
    public const long MinWager = 1;
    public const long MaxWager = 1_000_000_000;
    public const int MinDurationSeconds = 5;
    public const int MaxDurationSeconds = 7 * 24 * 3600;
    public const int MinPower = 1;
    public const int MaxPower = 100;

    /// <summary>Wars a guild may be part of at a time, offers included.</summary>
    public const int MaxWarsPerGuild = 10;

    /// <summary>How long a declared war waits for the defender.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromHours(24);

    /// <summary>How long an ended war waits for the final counters of its fronts.</summary>
    public static readonly TimeSpan SettleWithin = TimeSpan.FromMinutes(2);
}

namespace Game.Contracts.Analytics;

/// <summary>Limits of player actions.</summary>
public static class ActionLimits
{
    public const int MaxIdLength = 96;

    /// <summary>Skill, item, target, product and session: <c>[A-Za-z0-9._:-]</c>.</summary>
    public const int MaxNameLength = 64;

    public const long MaxAmount = 1_000_000_000_000;
    public const int MaxCoordinate = 10_000_000;

    /// <summary>Sources of a player's actions by which a repetition is known: the newest.</summary>
    public const int KnownSources = 8;

    /// <summary>Actions of one request.</summary>
    public const int MaxBatch = 100;

    /// <summary>How old an action that a client reports may be: it plays on while its network is away.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    /// <summary>How far ahead its clock may be.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(2);

    /// <summary>How much older than its record an action on the stream may be, whoever told it.</summary>
    public static readonly TimeSpan MaxRecordAge = TimeSpan.FromDays(366);

    /// <summary>How far ahead of its record: one from the far future would make everything after it late.</summary>
    public static readonly TimeSpan MaxRecordAhead = TimeSpan.FromHours(1);
}

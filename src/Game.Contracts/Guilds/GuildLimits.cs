namespace Game.Contracts.Guilds;

/// <summary>Limits of a guild, the same on every shard.</summary>
public static class GuildLimits
{
    public const int MinNameLength = 3;
    public const int MaxNameLength = 24;
    public const int MinTagLength = 2;
    public const int MaxTagLength = 5;
    public const int MaxMembers = 500;
    public const int MaxOfficers = 20;
    public const int MaxInvites = 100;

    /// <summary>Gold a founder pays; it becomes the treasury.</summary>
    public const long FoundingFee = 100;

    /// <summary>Greatest single deposit or withdrawal.</summary>
    public const long MaxTransfer = 1_000_000_000;

    /// <summary>Greatest treasury: what does not fit is refused.</summary>
    public const long MaxTreasury = 1_000_000_000_000;
}

namespace Game.Contracts.Players;

/// <summary>Limits of a player, the same on every shard.</summary>
public static class PlayerLimits
{
    public const int MinNameLength = 3;
    public const int MaxNameLength = 20;
    public const int MinPasswordLength = 8;
    public const int MaxPasswordLength = 128;
    public const int MaxLevel = 100;

    /// <summary>Greatest starting gold, and greatest single payment into a wallet.</summary>
    public const long MaxGold = 1_000_000_000_000_000;

    /// <summary>Experience beyond this is not counted.</summary>
    public const long MaxExperience = 1_000_000_000_000_000;
}

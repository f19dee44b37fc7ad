namespace Game.Contracts.Players;

/// <summary>Limits of a player, the same on every shard.</summary>
public static class PlayerLimits
{
    public const int MinNameLength = 3;
    public const int MaxNameLength = 20;
    public const int MinPasswordLength = 8;
    public const int MaxPasswordLength = 128;
    public const int MaxLevel = 100;

    /// <summary>Greatest wallet. Gold that would exceed it is never paid in: transfers are bounded well below it.</summary>
    public const long MaxGold = 1_000_000_000_000_000;
}

namespace Game.Contracts.Friends;

/// <summary>Limits of a friend list, the same on every shard.</summary>
public static class FriendLimits
{
    /// <summary>Friends and own open requests together: a request holds the place its acceptance will take.</summary>
    public const int MaxFriends = 200;

    /// <summary>Open requests of the player, and as many to the player.</summary>
    public const int MaxPending = 100;

    public const int MaxBlocked = 500;
}

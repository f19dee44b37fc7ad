namespace Game.Contracts.Notifications;

/// <summary>Limits of a notification, the same on every shard.</summary>
public static class NotificationLimits
{
    public const int MaxPriority = 9;

    /// <summary>Notifications from this priority on do not wait behind lower ones between shards.</summary>
    public const int UrgentPriority = 7;

    /// <summary><c>[a-z0-9.-]</c>.</summary>
    public const int MaxKindLength = 64;
    public const int MaxSubjectLength = 128;
    public const int MaxTextLength = 500;

    /// <summary>Players one command may be about: a whole guild.</summary>
    public const int MaxPlayers = 500;

    public static readonly TimeSpan MaxTimeToLive = TimeSpan.FromDays(30);
}

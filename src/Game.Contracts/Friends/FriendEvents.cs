namespace Game.Contracts.Friends;

/// <summary>Why the owner of a list changed how things stand with another player.</summary>
public enum FriendChange
{
    Requested,
    Accepted,
    Declined,
    Removed,
    Withdrawn,

    /// <summary>Declined, because too many requests wait already.</summary>
    Full,

    /// <summary>Declined, because there is no such player.</summary>
    Unknown,

    /// <summary>The other side believed in a request that was closed and forgotten here.</summary>
    Forgotten,
}

/// <summary>
/// The owner changed how things stand. Carries all that is known of the two, so that whoever hears it needs no other event;
/// goes to the other's shard.
/// </summary>
[GenerateSerializer, Immutable, Alias("friends.link-changed")]
public sealed record FriendLinkChanged(
    DateTimeOffset At,
    [property: Id(0)] string Player,
    [property: Id(1)] FriendRequest Ours,
    [property: Id(2)] FriendRequest Theirs,
    [property: Id(3)] string? OwnName,
    [property: Id(4)] FriendChange Change) : GameEvent(At);

/// <summary>How things stand after hearing of the other side. Stays at home.</summary>
[GenerateSerializer, Immutable, Alias("friends.link-heard")]
public sealed record FriendLinkHeard(
    DateTimeOffset At,
    [property: Id(0)] string Player,
    [property: Id(1)] string? PlayerName,
    [property: Id(2)] FriendRequest Ours,
    [property: Id(3)] FriendRequest Theirs) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("friends.player-blocked")]
public sealed record PlayerBlocked(DateTimeOffset At, [property: Id(0)] string Player) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("friends.player-unblocked")]
public sealed record PlayerUnblocked(DateTimeOffset At, [property: Id(0)] string Player) : GameEvent(At);

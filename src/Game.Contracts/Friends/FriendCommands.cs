namespace Game.Contracts.Friends;

/// <summary>Where a request stands. Of two that are told for one request the later one in this order holds.</summary>
public enum FriendRequestStatus
{
    None,
    Pending,
    Accepted,

    /// <summary>Declined, withdrawn, or a friendship that has ended. For good: the next request has another number.</summary>
    Closed,
}

/// <summary>
/// The newest request in one direction between two players. The one who asks numbers it, each time higher. Both sides keep
/// it; the greater number holds, and of one number the later status: so in whatever order and how often it is told, both
/// end with the same.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.friends.request-state")]
public readonly record struct FriendRequest([property: Id(0)] long Number, [property: Id(1)] FriendRequestStatus Status);

[GenerateSerializer, Immutable, Alias("game.friends.command")]
public abstract record FriendCommand(string CommandId) : Command(CommandId);

/// <summary>Asks a player, or accepts if that player has asked already.</summary>
[GenerateSerializer, Immutable, Alias("game.friends.ask")]
public sealed record RequestFriend(string CommandId, [property: Id(0)] string Player, [property: Id(1)] string OwnName)
    : FriendCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.friends.accept")]
public sealed record AcceptFriend(string CommandId, [property: Id(0)] string Player, [property: Id(1)] string OwnName)
    : FriendCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.friends.decline")]
public sealed record DeclineFriend(string CommandId, [property: Id(0)] string Player) : FriendCommand(CommandId);

/// <summary>Ends a friendship, or withdraws an own request.</summary>
[GenerateSerializer, Immutable, Alias("game.friends.remove")]
public sealed record RemoveFriend(string CommandId, [property: Id(0)] string Player) : FriendCommand(CommandId);

/// <summary>Blocks a player; ends a friendship and closes requests in either direction.</summary>
[GenerateSerializer, Immutable, Alias("game.friends.block")]
public sealed record BlockPlayer(string CommandId, [property: Id(0)] string Player) : FriendCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.friends.unblock")]
public sealed record UnblockPlayer(string CommandId, [property: Id(0)] string Player) : FriendCommand(CommandId);

/// <summary>
/// What the other side knows of the requests between the two. <paramref name="Ours"/>: those of the list's owner. Never
/// refused: what it leads to is an event. <paramref name="OwnName"/>: the owner's name; null if there is no such player.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.friends.receive-link")]
public sealed record ReceiveFriendLink(
    string CommandId,
    [property: Id(0)] string Player,
    [property: Id(1)] string? PlayerName,
    [property: Id(2)] FriendRequest Ours,
    [property: Id(3)] FriendRequest Theirs,
    [property: Id(4), PerAttempt] string? OwnName) : FriendCommand(CommandId);

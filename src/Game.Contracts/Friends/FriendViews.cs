namespace Game.Contracts.Friends;

public enum FriendRelation
{
    None,

    /// <summary>The owner has asked and waits.</summary>
    Outgoing,

    /// <summary>The other has asked and waits.</summary>
    Incoming,
    Friend,
}

/// <summary>
/// How the owner of a list stands to another player. <paramref name="Name"/> is null until the other's shard has told it.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.friends.view")]
public sealed record FriendView(
    [property: Id(0)] string PlayerId,
    [property: Id(1)] string? Name,
    [property: Id(2)] FriendRelation Relation,
    [property: Id(3)] bool Blocked,
    [property: Id(4)] DateTimeOffset? Since);

/// <summary>Each list by player id.</summary>
[GenerateSerializer, Immutable, Alias("game.friends.list")]
public sealed record FriendListView(
    [property: Id(0)] IReadOnlyList<FriendView> Friends,
    [property: Id(1)] IReadOnlyList<FriendView> Incoming,
    [property: Id(2)] IReadOnlyList<FriendView> Outgoing,
    [property: Id(3)] IReadOnlyList<string> Blocked);

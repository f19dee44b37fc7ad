using System.Text.Json.Serialization;
using Game.Contracts.Friends;

namespace Game.Domain.Friends;

/// <summary>The newest request in each direction between the owner of a list and another player, as the owner knows them.</summary>
/// <param name="Name">The other's name, if it was told.</param>
/// <param name="Ours">The owner's request.</param>
/// <param name="Theirs">The other's request.</param>
/// <param name="Since">When one of them changed last.</param>
public sealed record FriendLink(string? Name, FriendRequest Ours, FriendRequest Theirs, DateTimeOffset Since)
{
    [JsonIgnore]
    public FriendRelation Relation => Ours.Status == FriendRequestStatus.Accepted || Theirs.Status == FriendRequestStatus.Accepted
        ? FriendRelation.Friend
        : Ours.Status == FriendRequestStatus.Pending ? FriendRelation.Outgoing
        : Theirs.Status == FriendRequestStatus.Pending ? FriendRelation.Incoming
        : FriendRelation.None;

    /// <summary>The one that holds of two that were told.</summary>
    public static FriendRequest Later(FriendRequest a, FriendRequest b) =>
        (a.Number, a.Status).CompareTo((b.Number, b.Status)) >= 0 ? a : b;

    /// <summary>Closed, unless there never was one.</summary>
    public static FriendRequest Close(FriendRequest request) =>
        request.Number == 0 ? request : request with { Status = FriendRequestStatus.Closed };
}

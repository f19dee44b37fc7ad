using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.Friends;

namespace Game.Domain.Friends;

/// <summary>
/// One player's side of friendships. Each of two players keeps the newest request of either direction and tells the other
/// of every change with all it knows; what is heard is joined by <see cref="FriendLink.Later"/>. Whatever order letters come
/// in, and however often, both sides end with the same.
/// </summary>
public sealed record FriendList(string Id) : IAggregate<FriendList, FriendCommand>
{
    /// <summary>
    /// Closed requests are remembered this long, by number of players, against letters that come late. A request that comes
    /// after so many others were closed would be taken for a new one.
    /// </summary>
    public const int RememberedClosed = 300;

    public ImmutableSortedDictionary<string, FriendLink> Links { get; init => field = value.WithComparers(StringComparer.Ordinal); } =
        ImmutableSortedDictionary.Create<string, FriendLink>(StringComparer.Ordinal);

    public ImmutableSortedSet<string> Blocked { get; init => field = value.WithComparer(StringComparer.Ordinal); } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The greatest number given to a request of the owner.</summary>
    public long LastNumber { get; init; }

    /// <summary>The owner's name as last told.</summary>
    public string? Name { get; init; }

    /// <summary>Friends and own open requests, each of which may become one.</summary>
    [JsonIgnore]
    public int Places => Links.Values.Count(link => link.Relation is FriendRelation.Friend or FriendRelation.Outgoing);

    public static FriendList Initial(string id) => new(id);

    public int Count(FriendRelation relation) => Links.Values.Count(link => link.Relation == relation);

    public FriendView ViewOf(string player) => Links.TryGetValue(player, out var link)
        ? new FriendView(player, link.Name, link.Relation, Blocked.Contains(player), link.Since)
        : new FriendView(player, null, FriendRelation.None, Blocked.Contains(player), null);

    public FriendListView ToView() => new(
        Of(FriendRelation.Friend), Of(FriendRelation.Incoming), Of(FriendRelation.Outgoing), [.. Blocked]);

    public Decision Decide(FriendCommand command, DateTimeOffset now) => command switch
    {
        RequestFriend c => Request(c, now),
        AcceptFriend c => RelationTo(c.Player) == FriendRelation.Incoming ? Accept(c.Player, c.OwnName, now) : NoRequest,
        DeclineFriend c => RelationTo(c.Player) == FriendRelation.Incoming
            ? Changed(now, c.Player, LinkTo(c.Player).Ours, FriendLink.Close(LinkTo(c.Player).Theirs), Name, FriendChange.Declined)
            : NoRequest,
        RemoveFriend c => RelationTo(c.Player) switch
        {
            FriendRelation.Friend => Closed(now, c.Player, FriendChange.Removed),
            FriendRelation.Outgoing => Closed(now, c.Player, FriendChange.Withdrawn),
            _ => Refusal.Conflict(RefusalCodes.NotFriends, "That player is no friend and was not asked."),
        },
        BlockPlayer c => Block(c, now),
        UnblockPlayer c => Blocked.Contains(c.Player) ? new PlayerUnblocked(now, c.Player) : Decision.Nothing,
        ReceiveFriendLink c => Receive(c, now),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A friend list does not know this command."),
    };

    public FriendList Apply(GameEvent fact) => fact switch
    {
        FriendLinkChanged e => (this with { Name = e.OwnName ?? Name, LastNumber = Math.Max(LastNumber, e.Ours.Number) })
            .With(e.Player, new FriendLink(LinkTo(e.Player).Name, e.Ours, e.Theirs, e.At)),
        FriendLinkHeard e => With(e.Player, new FriendLink(e.PlayerName ?? LinkTo(e.Player).Name, e.Ours, e.Theirs, e.At)),
        PlayerBlocked e => this with { Blocked = Blocked.Add(e.Player) },
        PlayerUnblocked e => this with { Blocked = Blocked.Remove(e.Player) },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A friend list's stream does not hold this event."),
    };

    private static Refusal NoRequest { get; } =
        Refusal.NotFound(RefusalCodes.FriendRequestNotFound, "That player has no open request to you.");

    private static Refusal TooManyFriends { get; } = Refusal.Conflict(
        RefusalCodes.TooManyFriends, $"At most {FriendLimits.MaxFriends} friends, own open requests included.");

    private static Refusal Self { get; } = Refusal.Conflict(RefusalCodes.TargetIsSelf, "That is yourself.");

    private FriendLink LinkTo(string player) =>
        Links.TryGetValue(player, out var link) ? link : new FriendLink(null, default, default, default);

    private FriendRelation RelationTo(string player) => LinkTo(player).Relation;

    private List<FriendView> Of(FriendRelation relation) =>
        [.. Links.Where(link => link.Value.Relation == relation).Select(link => ViewOf(link.Key))];

    private Decision Request(RequestFriend c, DateTimeOffset now)
    {
        if (c.Player == Id)
        {
            return Self;
        }

        if (Blocked.Contains(c.Player))
        {
            return Refusal.Conflict(RefusalCodes.PlayerIsBlocked, "You have blocked that player.");
        }

        switch (RelationTo(c.Player))
        {
            case FriendRelation.Friend:
                return Refusal.Conflict(RefusalCodes.AlreadyFriends, "That player is a friend already.");
            case FriendRelation.Outgoing:
                return Refusal.Conflict(RefusalCodes.FriendAlreadyAsked, "That player was asked already.");
            case FriendRelation.Incoming:
                return Accept(c.Player, c.OwnName, now);
        }

        if (Count(FriendRelation.Outgoing) >= FriendLimits.MaxPending)
        {
            return Refusal.Conflict(RefusalCodes.TooManyFriendRequests, $"At most {FriendLimits.MaxPending} requests may be open.");
        }

        // Numbers grow over all players asked, so that a number without a link is known to be closed; by the clock, so that
        // they also grow past what the other side may remember of a list that was lost.
        var number = Math.Max(LastNumber + 1, now.ToUnixTimeMilliseconds());
        return Places >= FriendLimits.MaxFriends
            ? TooManyFriends
            : Changed(
                now,
                c.Player,
                new FriendRequest(number, FriendRequestStatus.Pending),
                LinkTo(c.Player).Theirs,
                c.OwnName,
                FriendChange.Requested);
    }

    private Decision Accept(string player, string ownName, DateTimeOffset now) => Places >= FriendLimits.MaxFriends
        ? TooManyFriends
        : Changed(
            now,
            player,
            LinkTo(player).Ours,
            LinkTo(player).Theirs with { Status = FriendRequestStatus.Accepted },
            ownName,
            FriendChange.Accepted);

    private Decision Block(BlockPlayer c, DateTimeOffset now)
    {
        if (c.Player == Id)
        {
            return Self;
        }

        if (Blocked.Contains(c.Player))
        {
            return Decision.Nothing;
        }

        if (Blocked.Count >= FriendLimits.MaxBlocked)
        {
            return Refusal.Conflict(RefusalCodes.TooManyBlocked, $"At most {FriendLimits.MaxBlocked} players can be blocked.");
        }

        return RelationTo(c.Player) == FriendRelation.None
            ? new PlayerBlocked(now, c.Player)
            : Decision.Accept(new PlayerBlocked(now, c.Player), Closed(now, c.Player, FriendChange.Removed));
    }

    private Decision Receive(ReceiveFriendLink c, DateTimeOffset now)
    {
        var known = Links.TryGetValue(c.Player, out var link);
        link ??= LinkTo(c.Player);

        // Every number was given here, so one without a link belongs to a request that was closed and forgotten.
        var forgotten = !known && c.Ours.Number > 0;
        var ours = forgotten ? FriendLink.Close(c.Ours) : FriendLink.Later(link.Ours, c.Ours);
        var theirs = FriendLink.Later(link.Theirs, c.Theirs);
        var answer = Answer(c, ours, ref theirs)
            ?? (forgotten && c.Ours.Status != FriendRequestStatus.Closed ? FriendChange.Forgotten : null);
        var heard = new FriendLinkHeard(now, c.Player, c.PlayerName, ours, FriendLink.Later(link.Theirs, c.Theirs));
        var isNews = heard.Ours != link.Ours
            || heard.Theirs != link.Theirs
            || (known && c.PlayerName is not null && c.PlayerName != link.Name);
        return (isNews, answer) switch
        {
            (false, null) => Decision.Nothing,
            (true, null) => heard,
            (_, { } change) => Decision.Accept(heard, Changed(now, c.Player, ours, theirs, c.OwnName ?? Name, change)),
        };
    }

    /// <summary>What a request that waits is answered with by itself; null: the owner decides.</summary>
    private FriendChange? Answer(ReceiveFriendLink c, FriendRequest ours, ref FriendRequest theirs)
    {
        if (theirs.Status != FriendRequestStatus.Pending)
        {
            return null;
        }

        // Both have asked: that is agreement.
        var agreed = ours.Status is FriendRequestStatus.Pending or FriendRequestStatus.Accepted;
        var isNew = !agreed && RelationTo(c.Player) != FriendRelation.Incoming;
        FriendChange? refused = c.OwnName is null ? FriendChange.Unknown
            : Blocked.Contains(c.Player) ? FriendChange.Declined
            : isNew && Count(FriendRelation.Incoming) >= FriendLimits.MaxPending ? FriendChange.Full
            : null;
        if (refused is null && !agreed)
        {
            return null;
        }

        theirs = theirs with { Status = refused is null ? FriendRequestStatus.Accepted : FriendRequestStatus.Closed };
        return refused ?? FriendChange.Accepted;
    }

    private FriendLinkChanged Closed(DateTimeOffset now, string player, FriendChange change) =>
        Changed(now, player, FriendLink.Close(LinkTo(player).Ours), FriendLink.Close(LinkTo(player).Theirs), Name, change);

    private static FriendLinkChanged Changed(
        DateTimeOffset now, string player, FriendRequest ours, FriendRequest theirs, string? ownName, FriendChange change) =>
        new(now, player, ours, theirs, ownName, change);

    private FriendList With(string player, FriendLink link)
    {
        var links = Links.SetItem(player, link);
        var closed = links.Where(entry => entry.Value.Relation == FriendRelation.None).ToList();
        return this with
        {
            Links = closed.Count <= RememberedClosed
                ? links
                : links.Remove(closed.MinBy(entry => (entry.Value.Since, entry.Key)).Key),
        };
    }
}

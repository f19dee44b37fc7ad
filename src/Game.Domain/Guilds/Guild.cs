using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.Guilds;

namespace Game.Domain.Guilds;

/// <summary>
/// A guild: members with roles, treasury, and the wars it is part of with their wagers in escrow. Commands that carry out
/// what another aggregate has already stored (admit, receive a deposit, offer, release, conclude) never end in a refusal
/// that would strand it: their answer is an event, or nothing if it was answered before.
/// </summary>
public sealed partial record Guild(string Id) : IAggregate<Guild, GuildCommand>
{
    public string Name { get; init; } = "";

    public string Tag { get; init; } = "";

    public JoinPolicy Policy { get; init; }

    public long Treasury { get; init; }

    public ImmutableSortedDictionary<string, GuildMember> Members { get; init => field = value.WithComparers(StringComparer.Ordinal); } =
        ImmutableSortedDictionary.Create<string, GuildMember>(StringComparer.Ordinal);

    public ImmutableSortedSet<string> Invites { get; init => field = value.WithComparer(StringComparer.Ordinal); } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, GuildWarEntry> Wars { get; init => field = value.WithComparers(StringComparer.Ordinal); } =
        ImmutableSortedDictionary.Create<string, GuildWarEntry>(StringComparer.Ordinal);

    public bool Disbanded { get; init; }

    public DateTimeOffset? FoundedAt { get; init; }

    /// <summary>Its founding was refused for good; the founder is refunded.</summary>
    public bool FoundingRefused { get; init; }

    public int WarsWon { get; init; }

    public int WarsLost { get; init; }

    [JsonIgnore]
    public bool Exists => FoundedAt is not null;

    [JsonIgnore]
    public bool Active => Exists && !Disbanded;

    /// <summary>Gold held for wars under way.</summary>
    [JsonIgnore]
    public long Escrow => Wars.Values.Where(war => war.Status == GuildWarStatus.Engaged).Sum(war => war.Wager);

    public static Guild Initial(string id) => new(id);

    public GuildRole? RoleOf(string player) => Members.TryGetValue(player, out var member) ? member.Role : null;

    public GuildView ToView() => new(
        Id, Name, Tag, Policy, Treasury, Escrow, [.. Members.Values], [.. Invites], [.. Wars.Values],
        Disbanded, FoundedAt ?? DateTimeOffset.MinValue, WarsWon, WarsLost);

    public Decision Decide(GuildCommand command, DateTimeOffset now) => command switch
    {
        FoundGuild c => Found(c, now),
        RefuseFounding c => Exists || FoundingRefused
            ? Decision.Nothing
            : new GuildFoundingRefused(now, c.Founder, c.Code, c.Refund),
        AdmitMember c => Admit(c, now),
        ReceiveDeposit c => Receive(c, now),
        OfferWar c => Offer(c, now),
        ReleaseWager c => Release(c, now),
        ConcludeWar c => Conclude(c, now),
        _ when !Exists => Refusal.NotFound(RefusalCodes.GuildNotFound, "There is no such guild."),
        _ when Disbanded => Refusal.Conflict(RefusalCodes.GuildDisbanded, "The guild is disbanded."),
        LeaveGuild c => Leave(c, now),
        InviteMember c => Invite(c, now),
        KickMember c => Kick(c, now),
        PromoteMember c => Promote(c, now),
        DemoteMember c => Demote(c, now),
        TransferLeadership c => Transfer(c, now),
        DisbandGuild c => Disband(c, now),
        WithdrawFromTreasury c => Withdraw(c, now),
        HoldWager c => Hold(c, now),
        AcceptWar c => Accept(c, now),
        DeclineWar c => Decline(c, now),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A guild does not know this command."),
    };

    public Guild Apply(GameEvent fact) => fact switch
    {
        GuildFounded e => this with
        {
            Name = e.Name,
            Tag = e.Tag,
            Policy = e.Policy,
            Treasury = e.Treasury,
            FoundedAt = e.At,
            Members = Members.SetItem(e.Founder, new GuildMember(e.Founder, e.FounderName, GuildRole.Leader, e.At)),
        },
        GuildFoundingRefused => this with { FoundingRefused = true },
        MemberJoined e => this with
        {
            Members = Members.SetItem(e.Player, new GuildMember(e.Player, e.Name, GuildRole.Member, e.At)),
            Invites = Invites.Remove(e.Player),
        },
        MemberRefused or DepositRefused => this,
        MemberLeft e => this with { Members = Members.Remove(e.Player) },
        MemberKicked e => this with { Members = Members.Remove(e.Player) },
        MemberInvited e => this with { Invites = Invites.Add(e.Player) },
        InviteWithdrawn e => this with { Invites = Invites.Remove(e.Player) },
        MemberPromoted e => WithRole(e.Player, e.Role),
        MemberDemoted e => WithRole(e.Player, e.Role),
        LeadershipTransferred e => WithRole(e.Actor, GuildRole.Officer).WithRole(e.Player, GuildRole.Leader),
        Contracts.Guilds.GuildDisbanded => this with
        {
            Disbanded = true,
            Treasury = 0,
            Members = Members.Clear(),
            Invites = Invites.Clear(),
            Wars = Wars.Clear(),
        },
        DepositReceived e => this with { Treasury = checked(Treasury + e.Amount) },
        TreasuryWithdrawn e => this with { Treasury = Treasury - e.Amount },
        WagerHeld e => this with
        {
            Treasury = Treasury - e.Amount,
            Wars = Wars.SetItem(e.WarId, new GuildWarEntry(e.WarId, e.Opponent, e.Amount, GuildWarStatus.Engaged)),
        },
        WarOffered e => this with
        {
            Wars = Wars.SetItem(e.WarId, new GuildWarEntry(e.WarId, e.Attacker, e.Wager, GuildWarStatus.Offered)),
        },
        WarDeclined e => this with { Wars = Wars.Remove(e.WarId) },
        WagerReleased e => this with { Treasury = checked(Treasury + e.Amount), Wars = Wars.Remove(e.WarId) },
        WarConcluded e => this with
        {
            Treasury = checked(Treasury + e.Returned + e.Prize),
            Wars = Wars.Remove(e.WarId),
            WarsWon = WarsWon + (e.Result == WarResult.Won ? 1 : 0),
            WarsLost = WarsLost + (e.Result == WarResult.Lost ? 1 : 0),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A guild's stream does not hold this event."),
    };

    private Guild WithRole(string player, GuildRole role) =>
        this with { Members = Members.SetItem(player, Members[player] with { Role = role }) };

    private static Refusal? CheckAmount(long amount) =>
        amount is < 1 or > GuildLimits.MaxTransfer
            ? Refusal.Invalid("amount", $"1 to {GuildLimits.MaxTransfer}")
            : null;

    private Refusal? CheckOfficer(string actor) => RoleOf(actor) switch
    {
        null => Refusal.Forbidden(RefusalCodes.NotMember, "Only members of this guild may do that."),
        GuildRole.Member => Refusal.Forbidden(RefusalCodes.NotOfficer, "Only the leader and officers may do that."),
        _ => null,
    };

    private Refusal? CheckLeader(string actor) => RoleOf(actor) switch
    {
        null => Refusal.Forbidden(RefusalCodes.NotMember, "Only members of this guild may do that."),
        GuildRole.Leader => null,
        _ => Refusal.Forbidden(RefusalCodes.NotLeader, "Only the leader may do that."),
    };

    private Refusal? CheckTarget(string player) =>
        Members.ContainsKey(player)
            ? null
            : Refusal.Conflict(RefusalCodes.TargetNotMember, "That player is not a member of this guild.");
}

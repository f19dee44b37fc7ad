using Game.Contracts;
using Game.Contracts.Guilds;

namespace Game.Domain.Guilds;

public sealed partial record Guild
{
    private Decision Found(FoundGuild c, DateTimeOffset now)
    {
        if (Exists)
        {
            return Refusal.Conflict(RefusalCodes.GuildExists, "This guild is founded already.");
        }

        if (FoundingRefused)
        {
            return Refusal.Conflict(RefusalCodes.GuildFoundingRefused, "The founding of this guild was refused before.");
        }

        if ((Names.CheckGuildName(c.Name) ?? Names.CheckGuildTag(c.Tag)) is { } refusal)
        {
            return refusal;
        }

        return c.Treasury is < 0 or > GuildLimits.MaxTreasury
            ? Refusal.Invalid("treasury", $"0 to {GuildLimits.MaxTreasury}")
            : new GuildFounded(now, c.Name, c.Tag, c.Policy, c.Founder, c.FounderName, c.Treasury);
    }

    private Decision Admit(AdmitMember c, DateTimeOffset now)
    {
        if (!Active)
        {
            return new MemberRefused(now, c.Player, Exists ? RefusalCodes.GuildDisbanded : RefusalCodes.GuildNotFound);
        }

        if (Members.ContainsKey(c.Player))
        {
            return Decision.Nothing;
        }

        var code = this switch
        {
            _ when c.UsingInvite && !Invites.Contains(c.Player) => RefusalCodes.NotInvited,
            { Policy: JoinPolicy.Invite } when !Invites.Contains(c.Player) => RefusalCodes.GuildInviteOnly,
            { Members.Count: >= GuildLimits.MaxMembers } => RefusalCodes.GuildFull,
            _ => null,
        };
        return code is null ? new MemberJoined(now, c.Player, c.PlayerName) : new MemberRefused(now, c.Player, code);
    }

    private Decision Leave(LeaveGuild c, DateTimeOffset now) => RoleOf(c.Actor) switch
    {
        null => Refusal.Forbidden(RefusalCodes.NotMember, "Only members of this guild may do that."),
        GuildRole.Leader => Refusal.Conflict(
            RefusalCodes.LeaderMustStay, "The leader transfers leadership or disbands the guild before leaving."),
        _ => new MemberLeft(now, c.Actor),
    };

    private Decision Invite(InviteMember c, DateTimeOffset now)
    {
        if (CheckOfficer(c.Actor) is { } refused)
        {
            return refused;
        }

        if (Members.ContainsKey(c.Player))
        {
            return Refusal.Conflict(RefusalCodes.AlreadyMember, "That player is a member already.");
        }

        if (Invites.Contains(c.Player))
        {
            return Refusal.Conflict(RefusalCodes.AlreadyInvited, "That player is invited already.");
        }

        return Invites.Count >= GuildLimits.MaxInvites
            ? Refusal.Conflict(RefusalCodes.TooManyInvites, $"At most {GuildLimits.MaxInvites} invites may be open.")
            : new MemberInvited(now, c.Actor, c.Player);
    }

    private Decision Kick(KickMember c, DateTimeOffset now)
    {
        if (CheckOfficer(c.Actor) is { } notOfficer)
        {
            return notOfficer;
        }

        if (Invites.Contains(c.Player))
        {
            return new InviteWithdrawn(now, c.Actor, c.Player);
        }

        if (CheckTarget(c.Player) is { } notMember)
        {
            return notMember;
        }

        if (c.Actor == c.Player)
        {
            return Refusal.Conflict(RefusalCodes.TargetIsSelf, "Leaving is how one removes oneself.");
        }

        return RoleOf(c.Player) >= RoleOf(c.Actor)
            ? Refusal.Forbidden(RefusalCodes.TargetOutranks, "Only members of a lower role can be kicked.")
            : new MemberKicked(now, c.Actor, c.Player);
    }

    private Decision Promote(PromoteMember c, DateTimeOffset now)
    {
        if ((CheckLeader(c.Actor) ?? CheckTarget(c.Player)) is { } refused)
        {
            return refused;
        }

        if (RoleOf(c.Player) != GuildRole.Member)
        {
            return Refusal.Conflict(RefusalCodes.RoleUnchanged, "Only a plain member can be promoted; leadership is transferred.");
        }

        return Officers >= GuildLimits.MaxOfficers
            ? TooManyOfficers()
            : new MemberPromoted(now, c.Actor, c.Player, GuildRole.Officer);
    }

    private Decision Demote(DemoteMember c, DateTimeOffset now)
    {
        if ((CheckLeader(c.Actor) ?? CheckTarget(c.Player)) is { } refused)
        {
            return refused;
        }

        return RoleOf(c.Player) != GuildRole.Officer
            ? Refusal.Conflict(RefusalCodes.RoleUnchanged, "Only an officer can be demoted.")
            : new MemberDemoted(now, c.Actor, c.Player, GuildRole.Member);
    }

    private Decision Transfer(TransferLeadership c, DateTimeOffset now)
    {
        if ((CheckLeader(c.Actor) ?? CheckTarget(c.Player)) is { } refused)
        {
            return refused;
        }

        if (c.Actor == c.Player)
        {
            return Refusal.Conflict(RefusalCodes.TargetIsSelf, "That player leads the guild already.");
        }

        // The leader of before stays as an officer: in the place of the one who now leads, or in a free one.
        return RoleOf(c.Player) == GuildRole.Member && Officers >= GuildLimits.MaxOfficers
            ? TooManyOfficers()
            : new LeadershipTransferred(now, c.Actor, c.Player);
    }

    private Decision Disband(DisbandGuild c, DateTimeOffset now)
    {
        if (CheckLeader(c.Actor) is { } refused)
        {
            return refused;
        }

        if (Escrow > 0)
        {
            return Refusal.Conflict(RefusalCodes.GuildAtWar, "A guild with a wager in escrow cannot be disbanded.");
        }

        // Nothing is in escrow, so every war is an offer: declined, so that those who made it have their wager back at once.
        GameEvent[] facts =
        [
            .. Wars.Keys.Select(war => new WarDeclined(now, war, c.Actor, RefusalCodes.GuildDisbanded)),
            new GuildDisbanded(now, c.Actor, [.. Members.Keys], Treasury, Name),
        ];
        return Decision.Accept(facts);
    }

    private int Officers => Members.Values.Count(member => member.Role == GuildRole.Officer);

    private static Decision TooManyOfficers() =>
        Refusal.Conflict(RefusalCodes.TooManyOfficers, $"A guild has at most {GuildLimits.MaxOfficers} officers.");
}

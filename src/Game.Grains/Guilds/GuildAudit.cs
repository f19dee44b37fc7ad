using Game.Contracts;
using Game.Contracts.Guilds;

namespace Game.Grains.Guilds;

/// <summary>Who did what to whom, and for how much, as an event of a guild tells it.</summary>
public static class GuildAudit
{
    public static AuditEntry EntryOf(long version, string action, GameEvent fact)
    {
        var (actor, target, amount) = fact switch
        {
            GuildFounded e => (e.Founder, null, e.Treasury),
            GuildFoundingRefused e => (e.Founder, e.Code, e.Refund),
            MemberJoined e => (e.Player, null, null),
            MemberRefused e => (e.Player, e.Code, null),
            MemberLeft e => (e.Player, null, null),
            MemberInvited e => (e.Actor, e.Player, null),
            InviteWithdrawn e => (e.Actor, e.Player, null),
            MemberKicked e => (e.Actor, e.Player, null),
            MemberPromoted e => (e.Actor, e.Player, null),
            MemberDemoted e => (e.Actor, e.Player, null),
            LeadershipTransferred e => (e.Actor, e.Player, null),
            GuildDisbanded e => (e.Actor, null, e.TreasuryPaid),
            DepositReceived e => (e.Player, null, e.Amount),
            DepositRefused e => (e.Player, e.Code, e.Amount),
            TreasuryWithdrawn e => (e.Actor, null, e.Amount),
            WagerHeld e => (e.Actor, e.WarId, e.Amount),
            WarOffered e => (e.Attacker, e.WarId, e.Wager),
            WarDeclined e => (e.Actor, e.WarId, null),
            WagerReleased e => (null, e.WarId, e.Amount),
            WarConcluded e => (null, e.WarId, e.Returned + e.Prize - e.Forfeited),
            _ => ((string?)null, (string?)null, (long?)null),
        };
        return new AuditEntry(version, fact.At, action, actor, target, amount);
    }
}

using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Wars;

namespace Game.Domain.Guilds;

public sealed partial record Guild
{
    private Decision Receive(ReceiveDeposit c, DateTimeOffset now)
    {
        var code = this switch
        {
            { Exists: false } => RefusalCodes.GuildNotFound,
            { Disbanded: true } => RefusalCodes.GuildDisbanded,
            _ when !Members.ContainsKey(c.Player) => RefusalCodes.NotMember,
            _ when c.Amount > GuildLimits.MaxTreasury - Treasury => RefusalCodes.TreasuryFull,
            _ => null,
        };
        return code is null ? new DepositReceived(now, c.Player, c.Amount) : new DepositRefused(now, c.Player, c.Amount, code);
    }

    private Decision Withdraw(WithdrawFromTreasury c, DateTimeOffset now)
    {
        if ((CheckAmount(c.Amount) ?? CheckOfficer(c.Actor)) is { } refused)
        {
            return refused;
        }

        return Treasury < c.Amount
            ? Refusal.Conflict(RefusalCodes.InsufficientTreasury, "The treasury does not hold that much.")
            : new TreasuryWithdrawn(now, c.Actor, c.Amount);
    }

    private Decision Hold(HoldWager c, DateTimeOffset now)
    {
        if (CheckOfficer(c.Actor) is { } refused)
        {
            return refused;
        }

        if (c.Amount is < WarLimits.MinWager or > WarLimits.MaxWager)
        {
            return Refusal.Invalid("wager", $"{WarLimits.MinWager} to {WarLimits.MaxWager}");
        }

        if (c.DurationSeconds is < WarLimits.MinDurationSeconds or > WarLimits.MaxDurationSeconds)
        {
            return Refusal.Invalid("durationSeconds", $"{WarLimits.MinDurationSeconds} to {WarLimits.MaxDurationSeconds}");
        }

        if (c.Opponent == Id)
        {
            return Refusal.Conflict(RefusalCodes.WarAgainstSelf, "A guild cannot declare war on itself.");
        }

        if (Wars.ContainsKey(c.WarId))
        {
            return Refusal.Conflict(RefusalCodes.WarExists, "This war is declared already.");
        }

        if (Wars.Values.Any(war => war.Opponent == c.Opponent))
        {
            return Refusal.Conflict(RefusalCodes.AlreadyAtWar, "There is a war or an offer between these guilds already.");
        }

        if (Wars.Count >= WarLimits.MaxWarsPerGuild)
        {
            return Refusal.Conflict(RefusalCodes.TooManyWars, $"A guild is in at most {WarLimits.MaxWarsPerGuild} wars at a time.");
        }

        return Treasury < c.Amount
            ? Refusal.Conflict(RefusalCodes.InsufficientTreasury, "The wager is above the treasury.")
            : new WagerHeld(now, c.Actor, c.WarId, c.Opponent, c.Amount, Accepting: false, Name, c.DurationSeconds);
    }

    private Decision Offer(OfferWar c, DateTimeOffset now)
    {
        if (Wars.ContainsKey(c.WarId))
        {
            return Decision.Nothing;
        }

        var code = this switch
        {
            { Exists: false } => RefusalCodes.GuildNotFound,
            { Disbanded: true } => RefusalCodes.GuildDisbanded,
            _ when Wars.Values.Any(war => war.Opponent == c.Attacker) => RefusalCodes.AlreadyAtWar,
            { Wars.Count: >= WarLimits.MaxWarsPerGuild } => RefusalCodes.TooManyWars,
            _ => null,
        };
        return code is null
            ? new WarOffered(now, c.WarId, c.Attacker, c.AttackerName, c.Wager)
            : new WarDeclined(now, c.WarId, null, code);
    }

    private Decision Accept(AcceptWar c, DateTimeOffset now)
    {
        if (CheckOfficer(c.Actor) is { } refused)
        {
            return refused;
        }

        if (!Wars.TryGetValue(c.WarId, out var war) || war.Status != GuildWarStatus.Offered)
        {
            return NotOffered();
        }

        return Treasury < war.Wager
            ? Refusal.Conflict(RefusalCodes.InsufficientTreasury, "The wager is above the treasury.")
            : new WagerHeld(now, c.Actor, c.WarId, war.Opponent, war.Wager, Accepting: true, Name, 0);
    }

    private Decision Decline(DeclineWar c, DateTimeOffset now)
    {
        if (CheckOfficer(c.Actor) is { } refused)
        {
            return refused;
        }

        return Wars.TryGetValue(c.WarId, out var war) && war.Status == GuildWarStatus.Offered
            ? new WarDeclined(now, c.WarId, c.Actor, RefusalCodes.WarDeclinedByGuild)
            : NotOffered();
    }

    private Decision Release(ReleaseWager c, DateTimeOffset now) => Wars.TryGetValue(c.WarId, out var war)
        ? new WagerReleased(now, c.WarId, war.Status == GuildWarStatus.Engaged ? war.Wager : 0, c.Reason)
        : Decision.Nothing;

    private Decision Conclude(ConcludeWar c, DateTimeOffset now)
    {
        if (!Wars.TryGetValue(c.WarId, out var war) || war.Status != GuildWarStatus.Engaged)
        {
            return Decision.Nothing;
        }

        if (c.Winner is null)
        {
            return new WarConcluded(now, c.WarId, WarResult.Drawn, war.Wager, 0, 0);
        }

        return c.Winner == Id
            ? new WarConcluded(now, c.WarId, WarResult.Won, war.Wager, 0, c.Prize)
            : new WarConcluded(now, c.WarId, WarResult.Lost, 0, war.Wager, 0);
    }

    private static Decision NotOffered() =>
        Refusal.Conflict(RefusalCodes.WarNotOffered, "No such war is offered to this guild.");
}

using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;

namespace Game.Domain.Players;

/// <summary>
/// A player: profile, experience, wallet, and the one guild the player belongs to or has asked to. Answers of guilds may
/// come twice, late and in any order: what does not concern the guild the player is bound to now changes nothing.
/// </summary>
public sealed record Player(string Id) : IAggregate<Player, PlayerCommand>
{
    public string Name { get; init; } = "";

    public long Gold { get; init; }

    public long Experience { get; init; }

    public int Level { get; init; } = 1;

    public MembershipStatus Membership { get; init; }

    public string? GuildId { get; init; }

    public DateTimeOffset? RegisteredAt { get; init; }

    [JsonIgnore]
    public bool Exists => RegisteredAt is not null;

    /// <summary>The guild this player may strike for, or null.</summary>
    [JsonIgnore]
    public string? FightsFor => Membership == MembershipStatus.Member ? GuildId : null;

    public static Player Initial(string id) => new(id);

    public PlayerView ToView() => new(
        Id, Name, Level, Experience, Gold, Membership, GuildId, RegisteredAt ?? DateTimeOffset.MinValue);

    public Decision Decide(PlayerCommand command, DateTimeOffset now) => command switch
    {
        RegisterPlayer c => Register(c, now),
        _ when !Exists => Refusal.NotFound(RefusalCodes.PlayerNotFound, "There is no such player."),
        RequestGuildFounding c => Found(c, now),
        RequestGuildJoin c => Membership == MembershipStatus.None
            ? new GuildJoinRequested(now, c.GuildId, Name, c.UsingInvite)
            : AlreadyInGuild(),
        SendGuildDeposit c => Deposit(c, now),
        ConfirmMembership c => IsPending(c.GuildId) ? new GuildMembershipConfirmed(now, c.GuildId) : Decision.Nothing,
        // Also a member's: a refusal answers the newest request, so what made the player a member was an older answer, come late.
        RefuseMembership c => GuildId == c.GuildId ? new GuildMembershipRefused(now, c.GuildId, c.Code, c.Refund) : Decision.Nothing,
        EndMembership c => GuildId == c.GuildId ? new GuildMembershipEnded(now, c.GuildId, c.Reason) : Decision.Nothing,
        RefundDeposit c => CheckAmount(c.Amount, PlayerLimits.MaxGold) is { } refusal ? refusal : new GuildDepositRefunded(now, c.GuildId, c.Amount, c.Code),
        ReceiveGold c => CheckAmount(c.Amount, PlayerLimits.MaxGold) is { } refusal ? refusal : new GoldReceived(now, c.Amount, c.Source),
        AwardExperience c => Award(c, now),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A player does not know this command."),
    };

    public Player Apply(GameEvent fact) => fact switch
    {
        PlayerRegistered e => this with { Name = e.Name, Gold = e.Gold, RegisteredAt = e.At },
        GuildFoundingRequested e => this with
        {
            Gold = Gold - e.Fee,
            Membership = MembershipStatus.Pending,
            GuildId = e.GuildId,
        },
        GuildJoinRequested e => this with { Membership = MembershipStatus.Pending, GuildId = e.GuildId },
        GuildMembershipConfirmed => this with { Membership = MembershipStatus.Member },
        GuildMembershipRefused e => this with { Gold = checked(Gold + e.Refund), Membership = MembershipStatus.None, GuildId = null },
        GuildMembershipEnded => this with { Membership = MembershipStatus.None, GuildId = null },
        GuildDepositSent e => this with { Gold = Gold - e.Amount },
        GuildDepositRefunded e => this with { Gold = checked(Gold + e.Amount) },
        GoldReceived e => this with { Gold = checked(Gold + e.Amount) },
        ExperienceGained e => this with { Experience = Experience + e.Amount },
        LevelReached e => this with { Level = e.Level },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A player's stream does not hold this event."),
    };

    private Decision Register(RegisterPlayer c, DateTimeOffset now)
    {
        if (Exists)
        {
            return Refusal.Conflict(RefusalCodes.PlayerExists, "This player is registered already.");
        }

        if (Names.CheckPlayerName(c.Name) is { } refusal)
        {
            return refusal;
        }

        return c.StartingGold is < 0 or > PlayerLimits.MaxGold
            ? Refusal.Invalid("startingGold", $"0 to {PlayerLimits.MaxGold}")
            : new PlayerRegistered(now, c.Name, c.StartingGold);
    }

    private Decision Found(RequestGuildFounding c, DateTimeOffset now)
    {
        if ((Names.CheckGuildName(c.GuildName) ?? Names.CheckGuildTag(c.Tag)) is { } refusal)
        {
            return refusal;
        }

        if (Membership != MembershipStatus.None)
        {
            return AlreadyInGuild();
        }

        return Gold < GuildLimits.FoundingFee
            ? Refusal.Conflict(RefusalCodes.InsufficientGold, $"Founding a guild costs {GuildLimits.FoundingFee} gold.")
            : new GuildFoundingRequested(now, c.GuildId, c.GuildName, c.Tag, c.Policy, GuildLimits.FoundingFee, Name);
    }

    private Decision Deposit(SendGuildDeposit c, DateTimeOffset now)
    {
        if (CheckAmount(c.Amount, GuildLimits.MaxTransfer) is { } refusal)
        {
            return refusal;
        }

        if (FightsFor is not { } guild)
        {
            return Refusal.Conflict(RefusalCodes.NotInGuild, "Only members of a guild can deposit.");
        }

        if (c.GuildId is { } meant && meant != guild)
        {
            return Refusal.Forbidden(RefusalCodes.NotMember, "Only members of this guild may do that.");
        }

        return Gold < c.Amount
            ? Refusal.Conflict(RefusalCodes.InsufficientGold, "The wallet does not hold that much.")
            : new GuildDepositSent(now, guild, c.Amount);
    }

    private Decision Award(AwardExperience c, DateTimeOffset now)
    {
        if (c.Amount is < 0 or > PlayerLimits.MaxExperience)
        {
            return Refusal.Invalid("amount", $"0 to {PlayerLimits.MaxExperience}");
        }

        // Capped: experience far beyond the last level means nothing.
        var amount = Math.Min(c.Amount, PlayerLimits.MaxExperience - Experience);
        if (amount == 0)
        {
            return Decision.Nothing;
        }

        var gained = new ExperienceGained(now, amount, c.Source);
        var level = Levels.Of(Experience + amount);
        return level > Level ? Decision.Accept(gained, new LevelReached(now, level)) : gained;
    }

    private bool IsPending(string guildId) => Membership == MembershipStatus.Pending && GuildId == guildId;

    private Decision AlreadyInGuild() => Membership == MembershipStatus.Pending
        ? Refusal.Conflict(RefusalCodes.AlreadyInGuild, "A request to a guild is still open.")
        : Refusal.Conflict(RefusalCodes.AlreadyInGuild, "The player is in a guild already.");

    private static Refusal? CheckAmount(long amount, long max) =>
        amount < 1 || amount > max ? Refusal.Invalid("amount", $"1 to {max}") : null;
}

using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Wars;
using Game.Domain.Guilds;

namespace Game.Domain.Tests.Guilds;

public sealed class GuildTests
{
    private const string Leader = "s01.leader";
    private const string Officer = "s01.officer";
    private const string Member = "s02.member";
    private const string Stranger = "s03.stranger";

    private static readonly Guild Founded = Guild.Initial("s01.g").After<Guild, GuildCommand>(
        new FoundGuild("1", Leader, "Leader", "The Guild", "TAG", JoinPolicy.Open, 100),
        new AdmitMember("2", Officer, "Officer", false),
        new AdmitMember("3", Member, "Member", false),
        new PromoteMember("4", Leader, Officer));

    public static TheoryData<GuildCommand, string> Refusals => new()
    {
        { new InviteMember("c", Member, Stranger), RefusalCodes.NotOfficer },
        { new InviteMember("c", Stranger, Stranger), RefusalCodes.NotMember },
        { new InviteMember("c", Officer, Member), RefusalCodes.AlreadyMember },
        { new KickMember("c", Member, Officer), RefusalCodes.NotOfficer },
        { new KickMember("c", Officer, Leader), RefusalCodes.TargetOutranks },
        { new KickMember("c", Officer, Stranger), RefusalCodes.TargetNotMember },
        { new KickMember("c", Leader, Leader), RefusalCodes.TargetIsSelf },
        { new PromoteMember("c", Officer, Member), RefusalCodes.NotLeader },
        { new PromoteMember("c", Leader, Officer), RefusalCodes.RoleUnchanged },
        { new DemoteMember("c", Leader, Member), RefusalCodes.RoleUnchanged },
        { new TransferLeadership("c", Officer, Member), RefusalCodes.NotLeader },
        { new TransferLeadership("c", Leader, Leader), RefusalCodes.TargetIsSelf },
        { new DisbandGuild("c", Officer), RefusalCodes.NotLeader },
        { new LeaveGuild("c", Leader), RefusalCodes.LeaderMustStay },
        { new LeaveGuild("c", Stranger), RefusalCodes.NotMember },
        { new WithdrawFromTreasury("c", Member, 1), RefusalCodes.NotOfficer },
        { new WithdrawFromTreasury("c", Officer, 101), RefusalCodes.InsufficientTreasury },
        { new WithdrawFromTreasury("c", Officer, 0), RefusalCodes.InvalidField },
        { new HoldWager("c", Member, "s01.w", "s02.h", 10, 60), RefusalCodes.NotOfficer },
        { new HoldWager("c", Leader, "s01.w", "s01.g", 10, 60), RefusalCodes.WarAgainstSelf },
        { new HoldWager("c", Leader, "s01.w", "s02.h", 101, 60), RefusalCodes.InsufficientTreasury },
        { new HoldWager("c", Leader, "s01.w", "s02.h", 0, 60), RefusalCodes.InvalidField },
        { new HoldWager("c", Leader, "s01.w", "s02.h", 10, 4), RefusalCodes.InvalidField },
        { new AcceptWar("c", Leader, "s02.w"), RefusalCodes.WarNotOffered },
        { new DeclineWar("c", Leader, "s02.w"), RefusalCodes.WarNotOffered },
        { new FoundGuild("c", Stranger, "Stranger", "Again", "TAG", JoinPolicy.Open, 100), RefusalCodes.GuildExists },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_is_not_allowed_is_refused_with_its_code(GuildCommand command, string code)
    {
        var (after, decision) = Founded.Play(command);

        Assert.Equal(code, decision.Refusal?.Code);
        Assert.Same(Founded, after);
    }

    [Fact]
    public void War_is_declared_on_a_guild_only_once_at_a_time()
    {
        var atWar = Founded.After<Guild, GuildCommand>(new HoldWager("1", Leader, "s01.w", "s02.h", 10, 60));

        Assert.Equal(90, atWar.Treasury);
        Assert.Equal(10, atWar.Escrow);
        Assert.Equal(RefusalCodes.AlreadyAtWar, atWar.Play(new HoldWager("2", Leader, "s01.x", "s02.h", 10, 60)).Decision.Refusal?.Code);
        Assert.Equal(RefusalCodes.GuildAtWar, atWar.Play(new DisbandGuild("3", Leader)).Decision.Refusal?.Code);
        var declined = Assert.IsType<WarDeclined>(Assert.Single(atWar.Play(new OfferWar("4", "s02.y", "s02.h", "H", 5)).Decision.Events));
        Assert.Equal(RefusalCodes.AlreadyAtWar, declined.Code);
    }

    [Theory]
    [InlineData("s01.g", 90 + 10 + 10, 1, 0)]
    [InlineData("s02.h", 90, 0, 1)]
    [InlineData(null, 100, 0, 0)]
    public void Concluding_a_war_empties_the_escrow(string? winner, long treasury, int won, int lost)
    {
        var atWar = Founded.After<Guild, GuildCommand>(new HoldWager("1", Leader, "s01.w", "s02.h", 10, 60));

        var after = atWar.After<Guild, GuildCommand>(new ConcludeWar("2", "s01.w", winner, winner is null ? 0 : 10));

        Assert.Equal((treasury, 0, won, lost), (after.Treasury, after.Escrow, after.WarsWon, after.WarsLost));
        Assert.True(after.Play(new ConcludeWar("3", "s01.w", winner, 10)).Decision.Events.IsEmpty);
    }

    [Fact]
    public void A_deposit_that_cannot_stay_is_answered_by_an_event_that_refunds_it()
    {
        Assert.IsType<DepositRefused>(Assert.Single(Founded.Play(new ReceiveDeposit("1", Stranger, 5)).Decision.Events));
        Assert.IsType<DepositRefused>(Assert.Single(Guild.Initial("s01.n").Play(new ReceiveDeposit("1", Member, 5)).Decision.Events));
        Assert.IsType<DepositReceived>(Assert.Single(Founded.Play(new ReceiveDeposit("1", Member, 5)).Decision.Events));
    }

    [Fact]
    public void Only_the_invited_come_into_a_closed_guild()
    {
        var closed = Guild.Initial("s01.g").After<Guild, GuildCommand>(
            new FoundGuild("1", Leader, "Leader", "Closed", "TAG", JoinPolicy.Invite, 0));

        Assert.IsType<MemberRefused>(Assert.Single(closed.Play(new AdmitMember("2", Member, "Member", false)).Decision.Events));
        var invited = closed.After<Guild, GuildCommand>(new InviteMember("3", Leader, Member));
        Assert.Equal(RefusalCodes.AlreadyInvited, invited.Play(new InviteMember("4", Leader, Member)).Decision.Refusal?.Code);
        Assert.Equal(GuildRole.Member, invited.After<Guild, GuildCommand>(new AdmitMember("5", Member, "Member", true)).RoleOf(Member));
    }

    [Fact]
    public void Any_history_keeps_one_leader_and_no_debts()
    {
        var players = new[] { Leader, Officer, Member, Stranger };
        var enemies = new[] { "s02.h", "s03.i", "s01.g" };
        var wars = new[] { "s01.w1", "s01.w2", "s02.w3" };
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(Histories.Seeds, seed => Histories.PlayRandomly(
                Founded,
                seed,
                80,
                (random, _) =>
                {
                    string P() => players[random.Next(players.Length)];
                    string E() => enemies[random.Next(enemies.Length)];
                    string W() => wars[random.Next(wars.Length)];
                    return (GuildCommand)(random.Next(17) switch
                    {
                        0 => new AdmitMember("c", P(), "Name", random.Next(2) == 0),
                        1 => new LeaveGuild("c", P()),
                        2 => new InviteMember("c", P(), P()),
                        3 => new KickMember("c", P(), P()),
                        4 => new PromoteMember("c", P(), P()),
                        5 => new DemoteMember("c", P(), P()),
                        6 => new TransferLeadership("c", P(), P()),
                        7 => random.Next(20) == 0 ? new DisbandGuild("c", P()) : new AdmitMember("c", P(), "Name", false),
                        8 => new ReceiveDeposit("c", P(), random.Next(1, 50)),
                        9 => new WithdrawFromTreasury("c", P(), random.Next(-5, 100)),
                        10 or 11 => new HoldWager("c", P(), W(), E(), random.Next(0, 80), random.Next(0, 100)),
                        12 => new OfferWar("c", W(), E(), "Enemy", random.Next(1, 50)),
                        13 => new AcceptWar("c", P(), W()),
                        14 => new DeclineWar("c", P(), W()),
                        15 => new ReleaseWager("c", W(), "cancelled"),
                        _ => new ConcludeWar("c", W(), random.Next(3) switch { 0 => "s01.g", 1 => E(), _ => null }, random.Next(0, 50)),
                    });
                },
                guild =>
                {
                    Assert.True(guild.Treasury >= 0);
                    Assert.Equal(guild.Wars.Values.Where(war => war.Status == GuildWarStatus.Engaged).Sum(war => war.Wager), guild.Escrow);
                    Assert.Equal(guild.Disbanded ? 0 : 1, guild.Members.Values.Count(member => member.Role == GuildRole.Leader));
                    Assert.True(guild.Wars.Values.Select(war => war.Opponent).Distinct().Count() == guild.Wars.Count);
                    Assert.True(guild.Wars.Count <= WarLimits.MaxWarsPerGuild);
                })));
    }
}

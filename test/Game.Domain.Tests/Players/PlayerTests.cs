using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Domain.Players;

namespace Game.Domain.Tests.Players;

public sealed class PlayerTests
{
    private static readonly Player Registered = Player.Initial("s01.p").After<Player, PlayerCommand>(new RegisterPlayer("r", "ann", 1000));

    [Theory]
    [InlineData("ab", false)]
    [InlineData("abc", true)]
    [InlineData("a_b-9", true)]
    [InlineData("abcdefghijklmnopqrst", true)]
    [InlineData("abcdefghijklmnopqrstu", false)]
    [InlineData("has space", false)]
    [InlineData("ümlaut", false)]
    public void A_name_has_3_to_20_letters_digits_and_dashes(string name, bool accepted)
    {
        var decision = Player.Initial("s01.p").Decide(new RegisterPlayer("r", name, 0), Histories.Noon);

        Assert.Equal(accepted ? null : "name", decision.Refusal?.Field);
    }

    [Fact]
    public void Only_one_guild_can_be_asked_at_a_time()
    {
        var asked = Registered.After<Player, PlayerCommand>(new RequestGuildJoin("1", "s01.g", false));

        Assert.Equal(RefusalCodes.AlreadyInGuild, asked.Play(new RequestGuildJoin("2", "s02.h", false)).Decision.Refusal?.Code);
        Assert.Equal(
            RefusalCodes.AlreadyInGuild,
            asked.Play(new RequestGuildFounding("3", "s01.i", "Another", "TAG", JoinPolicy.Open)).Decision.Refusal?.Code);
    }

    [Fact]
    public void An_answer_to_a_request_that_is_no_longer_open_changes_nothing()
    {
        var refused = Registered.After<Player, PlayerCommand>(
            new RequestGuildJoin("1", "s01.g", false), new RefuseMembership("2", "s01.g", "guild_full", 0));

        Assert.True(refused.Play(new ConfirmMembership("3", "s01.g")).Decision.Events.IsEmpty);
        Assert.True(refused.Play(new EndMembership("4", "s01.g", MembershipEnd.Kicked)).Decision.Events.IsEmpty);
    }

    [Fact]
    public void Founding_costs_the_fee_and_a_refusal_gives_it_back()
    {
        var asked = Registered.After<Player, PlayerCommand>(new RequestGuildFounding("1", "s01.g", "The Guild", "TAG", JoinPolicy.Open));
        var refused = asked.After<Player, PlayerCommand>(new RefuseMembership("2", "s01.g", "guild_name_taken", GuildLimits.FoundingFee));

        Assert.Equal(1000 - GuildLimits.FoundingFee, asked.Gold);
        Assert.Equal(1000, refused.Gold);
        Assert.Equal(MembershipStatus.None, refused.Membership);
    }

    [Theory]
    [InlineData(0, "amount")]
    [InlineData(-1, "amount")]
    [InlineData(GuildLimits.MaxTransfer + 1, "amount")]
    [InlineData(long.MinValue, "amount")]
    [InlineData(long.MaxValue, "amount")]
    public void Amounts_out_of_range_are_refused_by_name(long amount, string field)
    {
        var member = Registered.After<Player, PlayerCommand>(new RequestGuildJoin("1", "s01.g", false), new ConfirmMembership("2", "s01.g"));

        Assert.Equal(field, member.Play(new SendGuildDeposit("3", amount)).Decision.Refusal?.Field);
    }

    [Fact]
    public void Nobody_spends_more_than_the_wallet_holds()
    {
        var member = Registered.After<Player, PlayerCommand>(new RequestGuildJoin("1", "s01.g", false), new ConfirmMembership("2", "s01.g"));

        Assert.Equal(RefusalCodes.InsufficientGold, member.Play(new SendGuildDeposit("3", 1001)).Decision.Refusal?.Code);
        Assert.Equal(0, member.After<Player, PlayerCommand>(new SendGuildDeposit("4", 1000)).Gold);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(99, 1)]
    [InlineData(100, 2)]
    [InlineData(299, 2)]
    [InlineData(300, 3)]
    [InlineData(494_999, 99)]
    [InlineData(495_000, 100)]
    [InlineData(long.MaxValue, 100)]
    public void Levels_follow_the_formula(long experience, int level) => Assert.Equal(level, Levels.Of(experience));

    [Fact]
    public void Any_history_keeps_the_wallet_whole()
    {
        var guilds = new[] { "s01.g", "s02.h" };
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Histories.Seeds, seed => Histories.PlayRandomly(
                Player.Initial("s01.p"),
                seed,
                60,
                (random, _) => (PlayerCommand)(random.Next(11) switch
                {
                    0 => new RegisterPlayer("c", random.Next(2) == 0 ? "ann" : "", random.Next(0, 500)),
                    1 => new RequestGuildFounding("c", guilds[random.Next(2)], "The Guild", "TAG", JoinPolicy.Open),
                    2 => new RequestGuildJoin("c", guilds[random.Next(2)], false),
                    3 => new SendGuildDeposit("c", random.Next(-10, 300)),
                    4 or 5 => new ConfirmMembership("c", guilds[random.Next(2)]),
                    6 => new RefuseMembership("c", guilds[random.Next(2)], "code", random.Next(0, 2) * 100),
                    7 => new EndMembership("c", guilds[random.Next(2)], MembershipEnd.Left),
                    8 => new RefundDeposit("c", guilds[random.Next(2)], random.Next(-1, 50), "code"),
                    9 => new ReceiveGold("c", random.Next(-1, 100), "test"),
                    _ => new AwardExperience("c", random.Next(-1, 1000), "test"),
                }),
                player =>
                {
                    Assert.True(player.Gold >= 0);
                    Assert.Equal(player.Membership == MembershipStatus.None, player.GuildId is null);
                    Assert.Equal(Levels.Of(player.Experience), player.Level);
                })));
    }
}

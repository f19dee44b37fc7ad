using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.Wars;
using Game.Domain.Wars;

namespace Game.Domain.Tests.Wars;

public sealed class WarFrontTests
{
    private static readonly DateTimeOffset End = Histories.Noon.AddMinutes(1);

    private static readonly WarFront Open = WarFront.Initial("s01.w").After<WarFront, FrontCommand>(
        new OpenFront("1", "s01.w", "s01.red", "s02.blue", End));

    [Fact]
    public void A_strike_carries_the_totals_after_it()
    {
        var (front, decision) = Open.After<WarFront, FrontCommand>(new LandStrike("2", "s01.p", "s01.red", 7))
            .Play(new LandStrike("3", "s01.p", "s01.red", 5));

        var landed = Assert.IsType<StrikeLanded>(Assert.Single(decision.Events));
        Assert.Equal((new WarPoints(12, 0), 12L), (landed.FrontTotal, landed.PlayerTotal));
        Assert.Equal(12, front.PointsOf("s01.p"));
    }

    [Fact]
    public void Strikes_before_the_beginning_after_the_end_or_of_others_are_refused()
    {
        var strike = new LandStrike("2", "s01.p", "s01.red", 7);

        Assert.Equal(RefusalCodes.FrontNotOpen, WarFront.Initial("s01.w").Play(strike).Decision.Refusal?.Code);
        Assert.Equal(RefusalCodes.WarClosed, Open.Play(strike, End.AddTicks(1)).Decision.Refusal?.Code);
        Assert.Equal(RefusalCodes.WarClosed, Open.After<WarFront, FrontCommand>(new CloseFront("c")).Play(strike).Decision.Refusal?.Code);
        Assert.Equal(RefusalCodes.NotInWar, Open.Play(strike with { Guild = "s03.other" }).Decision.Refusal?.Code);
        Assert.Equal("power", Open.Play(strike with { Power = 101 }).Decision.Refusal?.Field);
        Assert.Equal("power", Open.Play(strike with { Power = 0 }).Decision.Refusal?.Field);
    }

    [Fact]
    public void Only_a_newer_outcome_replaces_one_and_awards_are_due_once()
    {
        var outcome = new WarOutcome("s01.w", 2, new WarPoints(1, 0), "s01.red", []);
        var settled = Open.After<WarFront, FrontCommand>(new RecordOutcome("2", outcome));

        Assert.True(settled.Closed);
        Assert.True(settled.AwardsDue);
        Assert.True(settled.Play(new RecordOutcome("3", outcome with { Revision = 1 })).Decision.Events.IsEmpty);
        var paid = settled.After<WarFront, FrontCommand>(new ConfirmAwards("4"));
        Assert.Equal(RefusalCodes.NoAwardsDue, paid.Play(new ConfirmAwards("5")).Decision.Refusal?.Code);
    }

    [Fact]
    public void Any_history_adds_up()
    {
        var guilds = new[] { "s01.red", "s02.blue", "s03.other" };
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Histories.Seeds, seed => Histories.PlayRandomly(
                WarFront.Initial("s01.w"),
                seed,
                80,
                (random, _) => (FrontCommand)(random.Next(30) switch
                {
                    0 => new CloseFront("c"),
                    1 => new RecordOutcome("c", new WarOutcome("s01.w", random.Next(1, 4), default, null, [])),
                    2 => new ConfirmAwards("c"),
                    3 or 4 => new OpenFront("c", "s01.w", "s01.red", "s02.blue", End),
                    _ => new LandStrike("c", $"s01.p{random.Next(3)}", guilds[random.Next(3)], random.Next(-2, 104)),
                }),
                front =>
                {
                    Assert.Equal(front.Points.Attacker + front.Points.Defender, front.Fighters.Values.Sum());
                    Assert.True(front.Outcome is null || front.Closed);
                })));
    }
}

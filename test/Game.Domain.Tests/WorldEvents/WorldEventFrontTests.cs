using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;

namespace Game.Domain.Tests.WorldEvents;

public sealed class WorldEventFrontTests
{
    private static readonly WorldEventPlan Boss = WorldEventPlan.Of(
        WorldEventKind.WorldBoss, "Dragon", Histories.Noon, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1), 1, 1000, 500);

    private static readonly WorldEventFront Open = WorldEventFront.Initial("s01.e").After<WorldEventFront, EventFrontCommand>(
        new OpenEventFront("1", Boss));

    private static readonly StrikeBoss Strike = new("2", "s01.p", 7);

    private static WorldEventOutcome Outcome(int revision, long damage, params string[] missing) =>
        new("s01.e", revision, WorldEventEnding.Killed, damage, 1, [], missing);

    [Fact]
    public void It_starts_and_ends_by_its_own_clock_alone()
    {
        Assert.Equal(RefusalCodes.EventNotDue, Open.Play(new StartEventFront("s"), Boss.StartsAt.AddTicks(-1)).Decision.Refusal?.Code);
        Assert.Equal(RefusalCodes.EventNotStarted, Open.Play(Strike, Boss.StartsAt.AddTicks(-1)).Decision.Refusal?.Code);

        // A strike at the very start does not wait for the timer.
        var (struck, decision) = Open.Play(Strike, Boss.StartsAt);
        Assert.Collection(decision.Events, fact => Assert.IsType<EventFrontStarted>(fact), fact => Assert.IsType<BossStruck>(fact));
        Assert.Null(struck.Play(Strike, Boss.EndsAt.AddTicks(-1)).Decision.Refusal);
        Assert.Equal(RefusalCodes.EventOver, struck.Play(Strike, Boss.EndsAt).Decision.Refusal?.Code);
        Assert.Equal(RefusalCodes.EventNotDue, struck.Play(new EndEventFront("e"), Boss.EndsAt.AddTicks(-1)).Decision.Refusal?.Code);
        var closed = Assert.IsType<EventFrontClosed>(Assert.Single(struck.Play(new EndEventFront("e"), Boss.EndsAt).Decision.Events));
        Assert.Equal((7L, 1), (closed.Damage, closed.Contributors));
    }

    [Fact]
    public void One_that_hears_of_it_late_has_the_rest_of_the_time_and_after_the_end_none()
    {
        var late = Boss.StartsAt.AddSeconds(40);
        var joined = Open.Play(new StartEventFront("s"), late).State;
        Assert.Equal((late, Boss.EndsAt), (joined.StartedAt, joined.Deadline));
        Assert.IsType<EventFrontClosed>(Assert.Single(Open.Play(new StartEventFront("s"), Boss.EndsAt).Decision.Events));
    }

    [Fact]
    public void Strikes_of_no_use_are_refused()
    {
        Assert.Equal(RefusalCodes.EventNotFound, WorldEventFront.Initial("s01.e").Play(Strike).Decision.Refusal?.Code);
        var closed = Open.After<WorldEventFront, EventFrontCommand>(new CloseEventFront("c", WorldEventEnding.Killed));
        Assert.Equal(RefusalCodes.EventOver, closed.Play(Strike).Decision.Refusal?.Code);
        Assert.Equal("power", Open.Play(Strike with { Power = 101 }).Decision.Refusal?.Field);
        Assert.Equal("power", Open.Play(Strike with { Power = 0 }).Decision.Refusal?.Field);
        var festival = WorldEventFront.Initial("s01.e").After<WorldEventFront, EventFrontCommand>(
            new OpenEventFront("1", Boss with { Kind = WorldEventKind.DoubleExperience }));
        Assert.Equal(RefusalCodes.NoBoss, festival.Play(Strike).Decision.Refusal?.Code);
    }

    [Fact]
    public void Rewards_follow_the_first_outcome_that_counts_this_front_and_are_due_once()
    {
        var struck = Open.After<WorldEventFront, EventFrontCommand>(Strike);
        var missing = struck.After<WorldEventFront, EventFrontCommand>(new RecordEventOutcome("3", Boss, Outcome(1, 1000, "s01"), "s01"));
        Assert.NotNull(missing.ClosedAt);
        Assert.False(missing.RewardsDue);
        var counted = missing.After<WorldEventFront, EventFrontCommand>(new RecordEventOutcome("4", Boss, Outcome(2, 1007), "s01"));
        Assert.True(counted.RewardsDue);
        var corrected = counted.After<WorldEventFront, EventFrontCommand>(new RecordEventOutcome("5", Boss, Outcome(3, 2000), "s01"));
        Assert.Equal((2000L, 500 * 7 / 1007), (corrected.Outcome!.Damage, corrected.ShareOf(7)));
        Assert.True(corrected.Play(new RecordEventOutcome("6", Boss, Outcome(2, 1007), "s01")).Decision.Events.IsEmpty);
        var paid = corrected.After<WorldEventFront, EventFrontCommand>(new ConfirmEventRewards("7"));
        Assert.Equal(RefusalCodes.NoAwardsDue, paid.Play(new ConfirmEventRewards("8")).Decision.Refusal?.Code);
    }

    [Fact]
    public void Any_history_adds_up()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Histories.Seeds, seed =>
            {
                WorldEventFront? before = null;
                Histories.PlayRandomly(
                    WorldEventFront.Initial("s01.e"),
                    seed,
                    80,
                    (random, _) => (EventFrontCommand)(random.Next(30) switch
                    {
                        0 => new CloseEventFront("c", WorldEventEnding.Cancelled),
                        1 => new RecordEventOutcome("c", Boss, Outcome(random.Next(1, 4), 5000, random.Next(2) == 0 ? "s01" : "s02"), "s01"),
                        2 => new ConfirmEventRewards("c"),
                        3 => new EndEventFront("c"),
                        4 => new StartEventFront("c"),
                        5 or 6 => new OpenEventFront("c", Boss),
                        _ => new StrikeBoss("c", $"s01.p{random.Next(3)}", random.Next(-2, 104)),
                    }),
                    front =>
                    {
                        Assert.Equal(front.Damage, front.Contributors.Values.Sum());
                        Assert.True(front.Outcome is null || front.ClosedAt is not null);
                        Assert.True(before?.ClosedAt is null || before.Damage == front.Damage);
                        Assert.True(before?.PayingOutcome is null || before.PayingOutcome.Revision == front.PayingOutcome?.Revision);
                        before = front;
                    });
            }));
    }
}

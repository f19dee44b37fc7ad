using Game.Contracts;
using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;

namespace Game.Domain.Tests.WorldEvents;

public sealed class WorldEventDirectoryTests
{
    private static readonly WorldEventPlan Festival = WorldEventPlan.Of(
        WorldEventKind.DoubleExperience, "Festival", Histories.Noon, TimeSpan.Zero, TimeSpan.FromHours(1), 3, 0, 0);

    private static readonly WorldEventScheduled Scheduled = new(Histories.Noon, "operator", Festival);

    private static readonly WorldEventAnnounced Announced = new(Histories.Noon, Festival, ["s01"]);

    [Fact]
    public void The_facts_of_an_event_may_come_twice_and_in_any_order()
    {
        var settled = new WorldEventSettled(
            Festival.EndsAt.AddSeconds(1), Festival, new WorldEventOutcome("s01.a", 1, WorldEventEnding.TimeUp, 0, 0, [], []));
        var ended = new WorldEventEnded(Festival.EndsAt, Festival, WorldEventEnding.TimeUp, null, Festival.EndsAt);
        GameEvent[] facts = [Scheduled, Announced, ended, settled];
        var inOrder = Record(facts).Find("s01.a", Festival.EndsAt)!;
        Assert.Equal((WorldEventStatus.Settled, WorldEventEnding.TimeUp, "operator"), (inOrder.Status, inOrder.Ending, inOrder.ScheduledBy));
        for (var seed = 0; seed < 50; seed++)
        {
            var shuffled = facts.Concat(facts).ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(inOrder with { EndedAt = null }, Record(shuffled).Find("s01.a", Festival.EndsAt)! with { EndedAt = null });
        }
    }

    [Fact]
    public void An_announced_event_runs_by_the_clock()
    {
        var events = Record([Scheduled, Announced]);

        Assert.Equal(WorldEventStatus.Announced, events.Find("s01.a", Festival.StartsAt.AddTicks(-1))!.Status);
        Assert.Equal(WorldEventStatus.Started, events.Find("s01.a", Festival.StartsAt)!.Status);
        Assert.Equal(WorldEventStatus.Ended, events.Find("s01.a", Festival.EndsAt)!.Status);
        Assert.Single(events.List(WorldEventStatus.Started, null, 10, Festival.StartsAt));
        Assert.Empty(events.List(WorldEventStatus.Started, null, 10, Festival.EndsAt));
    }

    [Fact]
    public void Experience_is_multiplied_from_the_start_to_the_end_and_not_once_it_is_called_off()
    {
        var events = Record([Scheduled, Announced]);
        Assert.Equal(1, events.MultiplierAt(Festival.StartsAt.AddTicks(-1)));
        Assert.Equal(3, events.MultiplierAt(Festival.StartsAt));
        Assert.Equal(3, events.MultiplierAt(Festival.EndsAt.AddTicks(-1)));
        Assert.Equal(1, events.MultiplierAt(Festival.EndsAt));
        Assert.Equal(1, Record([Scheduled]).MultiplierAt(Festival.StartsAt));

        var ended = new WorldEventEnded(
            Festival.StartsAt.AddMinutes(5), Festival, WorldEventEnding.Cancelled, "operator", Festival.EndsAt);
        var off = Record([Scheduled, Announced, ended]);
        Assert.Equal(3, off.MultiplierAt(Festival.StartsAt.AddMinutes(4)));
        Assert.Equal(1, off.MultiplierAt(Festival.StartsAt.AddMinutes(5)));
    }

    [Fact]
    public void An_occurrence_of_a_schedule_has_one_id_whoever_asks()
    {
        var weekly = new WorldEventSchedule("weekly", WorldEventKind.WorldBoss, "Dragon", "0 20 * * 6", 300, 1800, 1, 1000, 10);
        Assert.Empty(weekly.Validate());
        var next = weekly.Next(Histories.Noon)!.Value;
        Assert.Equal(weekly.OccurrenceId("s01", next), weekly.OccurrenceId("s01", next));
        Assert.NotEqual(weekly.OccurrenceId("s01", next), (weekly with { Id = "other" }).OccurrenceId("s01", next));
        Assert.NotEqual(weekly.OccurrenceId("s01", next), weekly.OccurrenceId("s01", weekly.Next(next)!.Value));
    }

    [Fact]
    public void A_wrong_schedule_says_everything_that_is_wrong() => Assert.Equal(
        [
            "Id must be [a-z0-9-], 1 to 32 characters, not 'No'.",
            "Cron: A cron expression has 5 fields, not 1: 'daily'.",
            "HitPoints must be 1 to 1000000000000.",
        ],
        new WorldEventSchedule("No", WorldEventKind.WorldBoss, "Dragon", "daily", 300, 1800, 1, 0, 10).Validate());

    private static WorldEventDirectory Record(IEnumerable<GameEvent> facts) => facts.Aggregate(
        WorldEventDirectory.Initial("s01"),
        (state, fact) => state.Play(new RecordWorldEvent("c", "s01.a", fact)).State);
}

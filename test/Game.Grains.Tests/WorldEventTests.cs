using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;
using Game.Grains.EventSourcing;
using Game.LocalServers;

namespace Game.Grains.Tests;

public sealed class WorldEventTests
{
    [Fact]
    public async Task A_boss_over_three_shards_starts_together_is_killed_once_and_pays_by_contribution()
    {
        await using var world = await TestWorld.StartAsync(3);
        var players = new List<string>();
        foreach (var shard in world.Names)
        {
            players.Add(await world.RegisterAsync(shard, $"{shard}-first"));
            players.Add(await world.RegisterAsync(shard, $"{shard}-second"));
        }

        using var stalls = new Stalls();
        var (id, plan) = await ScheduleBossAsync(world, startsIn: 1, duration: 60, hitPoints: 3000);
        foreach (var shard in world.Names)
        {
            await UntilFrontAsync(world, shard, id, view => view is not null);
        }

        var known = DateTimeOffset.UtcNow;
        foreach (var shard in world.Names)
        {
            var front = await UntilFrontAsync(world, shard, id, view => view?.StartedAt is not null);
            AssertPunctual(front!.StartedAt, plan.StartsAt, known, stalls);
        }

        var dealt = players.ToDictionary(player => player, _ => 0L);
        for (var round = 1; dealt.Count > 0; round++)
        {
            var over = 0;
            foreach (var (player, power) in players.Select((player, i) => (player, 10 + (10 * i))))
            {
                var strike = await Front(world, player, id).StrikeAsync(new StrikeBoss($"{player}/{round}", player, power));
                if (strike.Accepted)
                {
                    dealt[player] += power;
                    Assert.Equal(dealt[player], strike.Value.PlayerTotal);
                }
                else
                {
                    Assert.Equal(RefusalCodes.EventOver, strike.Refusal.Code);
                    over++;
                }
            }

            if (over == players.Count)
            {
                break;
            }

            Assert.True(DateTimeOffset.UtcNow < plan.EndsAt, "The boss outlived its time.");
        }

        var settled = await TestWorld.UntilAsync(
            () => world.HomeGrain<IWorldEventGrain>(id).GetAsync(), view => view!.Status == WorldEventStatus.Settled);
        var outcome = settled!.Outcome!;
        Assert.Equal((WorldEventEnding.Killed, dealt.Values.Sum(), 6), (outcome.Ending, outcome.Damage, outcome.Contributors));
        Assert.True(outcome.Damage >= plan.HitPoints);
        Assert.Equal(Contributions.Top(dealt.Select(entry => new Contribution(entry.Key, entry.Value))), outcome.Top);
        Assert.Single(await EventsAsync(world, "s01", StreamName.Of(StreamName.WorldEvent, id)), fact => fact is BossKilled);
        foreach (var shard in world.Names)
        {
            var front = await UntilFrontAsync(world, shard, id, view => view is { RewardsPaid: true });
            Assert.Equal((outcome.Revision, outcome.Damage, outcome.Ending), (front!.Outcome!.Revision, front.Outcome.Damage, front.Outcome.Ending));
            Assert.Equal(outcome.Top, front.Outcome.Top);
            Assert.Equal(0, front.SecondsLeft);
        }

        foreach (var player in players)
        {
            Assert.Equal(
                Contributions.ShareOf(plan, outcome, dealt[player]),
                (await world.HomeGrain<IPlayerGrain>(player).GetAsync())!.Experience);
        }

        // Asked again after the end, an answered strike has its first answer.
        var again = await Front(world, players[0], id).StrikeAsync(new StrikeBoss($"{players[0]}/1", players[0], 10));
        Assert.Equal(10, again.Value!.PlayerTotal);
    }

    [Fact]
    public Task A_shard_that_was_down_joins_late_for_the_rest_of_the_time_and_ends_with_the_others() => TestWorld.WithTimeAsync(10, async seconds =>
    {
        await using var world = await TestWorld.StartApartAsync(3);
        var early = await world.RegisterAsync("s01", "early");
        var late = await world.RegisterAsync("s03", "late");
        await world.StopAsync("s03");
        var (id, plan) = await ScheduleBossAsync(world, startsIn: 0, duration: seconds, hitPoints: 100_000);
        foreach (var shard in (string[])["s01", "s02"])
        {
            await UntilFrontAsync(world, shard, id, HasBegun);
        }

        if (await StrikeAsync(world, early, (id, plan), "1", 40) is null)
        {
            return false;
        }

        await world.StartAsync("s03");
        using var stalls = new Stalls();
        var joined = await UntilFrontAsync(world, "s03", id, HasBegun);
        if (await StrikeAsync(world, late, (id, plan), "1", 30) is null)
        {
            return false;
        }

        Assert.Equal(plan, joined!.Plan);
        Assert.InRange(joined.SecondsLeft, 1, (long)Math.Ceiling((plan.EndsAt - joined.StartedAt!.Value).TotalSeconds));
        var known = DateTimeOffset.UtcNow;
        var settled = await TestWorld.UntilAsync(
            () => world.HomeGrain<IWorldEventGrain>(id).GetAsync(), view => view!.Status == WorldEventStatus.Settled);
        Assert.Equal((WorldEventEnding.TimeUp, 70L), (settled!.Outcome!.Ending, settled.Outcome.Damage));
        Assert.Empty(settled.Outcome.MissingShards);
        foreach (var shard in world.Names)
        {
            var front = await UntilFrontAsync(world, shard, id, view => view?.Outcome is not null);
            AssertPunctual(front!.ClosedAt, plan.EndsAt, known, stalls);
            Assert.Equal(settled.Outcome.Top, front.Outcome!.Top);
        }

        return true;
    });

    [Fact]
    public Task An_event_goes_on_over_a_restart_of_every_shard_and_ends_on_time() => TestWorld.WithTimeAsync(25, async seconds =>
    {
        await using var world = await TestWorld.StartAsync(2);
        var player = await world.RegisterAsync("s02", "steady");
        var (id, plan) = await ScheduleBossAsync(world, startsIn: 0, duration: seconds, hitPoints: 100_000);
        await UntilFrontAsync(world, "s02", id, HasBegun);
        if (await StrikeAsync(world, player, (id, plan), "1", 40) is null)
        {
            return false;
        }

        await world.RestartAsync();

        using var stalls = new Stalls();
        if (await StrikeAsync(world, player, (id, plan), "2", 20) is not { } second)
        {
            return false;
        }

        Assert.Equal(60, second.PlayerTotal);
        await world.HomeGrain<IWorldEventGrain>(id).GetAsync();
        var known = DateTimeOffset.UtcNow;
        var settled = await TestWorld.UntilAsync(
            () => world.HomeGrain<IWorldEventGrain>(id).GetAsync(), view => view!.Status == WorldEventStatus.Settled);
        Assert.Equal(60, settled!.Outcome!.Damage);
        AssertPunctual(settled.EndedAt, plan.EndsAt, known, stalls);

        return true;
    });

    [Fact]
    public async Task While_experience_is_multiplied_a_war_awards_more_of_it_on_every_shard()
    {
        await using var world = await TestWorld.StartAsync(2);
        var player = await world.RegisterAsync("s02", "fighter");
        var (before, during) = ("s01.01ARZ3NDEKTSV4RRFFQ69G5FA0", "s01.01ARZ3NDEKTSV4RRFFQ69G5FA1");
        await FightAsync(world, before, player, 25);
        await TestWorld.UntilAsync(() => world.HomeGrain<IPlayerGrain>(player).GetAsync(), view => view!.Experience == 25);

        var (id, _) = await ScheduleAsync(world, (startsAt, lead) => WorldEventPlan.Of(
            WorldEventKind.DoubleExperience, "Feast", startsAt, lead, TimeSpan.FromSeconds(60), 3, 0, 0), startsIn: 0);
        await UntilFrontAsync(world, "s02", id, view => view?.StartedAt is not null);
        Assert.Equal(RefusalCodes.NoBoss, (await Front(world, player, id).StrikeAsync(new StrikeBoss("1", player, 5))).Refusal?.Code);
        await FightAsync(world, during, player, 25);
        await TestWorld.UntilAsync(() => world.HomeGrain<IPlayerGrain>(player).GetAsync(), view => view!.Experience == 25 + (3 * 25));

        // Called off, it multiplies no more.
        var cancelled = await world.HomeGrain<IWorldEventGrain>(id).HandleAsync(new CancelWorldEvent("off", "operator"));
        Assert.Equal("operator", cancelled.Value?.CancelledBy);
        await UntilFrontAsync(world, "s02", id, view => view?.ClosedAt is not null);
        Assert.Equal(1, await world.Grains("s02").GetGrain<IWorldEventDirectoryGrain>("s02").GetMultiplierAsync(DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task A_recurring_event_is_scheduled_once_for_all_shards_and_stays_called_off_over_a_restart()
    {
        var nightly = new WorldEventSchedule("nightly", WorldEventKind.WorldBoss, "Dragon", "0 3 1 1 *", 60, 600, 1, 1000, 10);
        await using var world = await TestWorld.StartAsync(2, nightly);
        var known = await TestWorld.UntilAsync(() => ListAsync(world, "s02"), events => events.Count > 0);
        var occurrence = Assert.Single(known);
        Assert.Equal(("schedule:nightly", WorldEventStatus.Scheduled), (occurrence.ScheduledBy, occurrence.Status));
        Assert.Equal(nightly.PlanAt(nightly.Next(DateTimeOffset.UtcNow)!.Value), occurrence.Plan);
        Assert.Null((await world.HomeGrain<IWorldEventGrain>(occurrence.Id).HandleAsync(new CancelWorldEvent("off", "operator"))).Refusal);

        await world.RestartAsync();

        await world.Grains("s01").GetGrain<IWorldEventCalendarGrain>("s01").PlanAsync();
        await TestWorld.UntilAsync(() => ListAsync(world, "s02"), events => events.Single().Status == WorldEventStatus.Cancelled);
    }

    private static Task<IReadOnlyList<WorldEventSummary>> ListAsync(TestWorld world, string shard) =>
        world.Grains(shard).GetGrain<IWorldEventDirectoryGrain>(shard).ListAsync(null, null, 10);

    private static Task<(string Id, WorldEventPlan Plan)> ScheduleBossAsync(TestWorld world, int startsIn, int duration, long hitPoints) => ScheduleAsync(
        world,
        (startsAt, lead) => WorldEventPlan.Of(
            WorldEventKind.WorldBoss, "Dragon", startsAt, lead, TimeSpan.FromSeconds(duration), 1, hitPoints, 10_000),
        startsIn);

    private static async Task<(string Id, WorldEventPlan Plan)> ScheduleAsync(
        TestWorld world, Func<DateTimeOffset, TimeSpan, WorldEventPlan> planOf, int startsIn)
    {
        var plan = planOf(DateTimeOffset.UtcNow.AddSeconds(startsIn), TimeSpan.FromSeconds(30));
        var id = WorldEventSchedule.IdOf("s01", plan.StartsAt, TestWorld.NewCommand());
        var scheduled = await world.HomeGrain<IWorldEventGrain>(id).HandleAsync(new ScheduleWorldEvent("schedule", "operator", plan));
        Assert.Null(scheduled.Refusal);
        return (id, plan);
    }

    private static IWorldEventFrontGrain Front(TestWorld world, string player, string id) =>
        world.Grains(EntityId.ShardOf(player)).GetGrain<IWorldEventFrontGrain>(id);

    private static Task<WorldEventFrontView?> UntilFrontAsync(TestWorld world, string shard, string id, Func<WorldEventFrontView?, bool> wanted) =>
        TestWorld.UntilAsync(() => world.Grains(shard).GetGrain<IWorldEventFrontGrain>(id).GetAsync(), wanted);

    /// <summary>It has started, or has heard of the event when that was over.</summary>
    private static bool HasBegun(WorldEventFrontView? front) => front is { StartedAt: not null } or { ClosedAt: not null };

    /// <returns>Null: the event's time is over. Nothing else may refuse the strike.</returns>
    private static async Task<BossStrikeResult?> StrikeAsync(
        TestWorld world, string player, (string Id, WorldEventPlan Plan) boss, string command, int power)
    {
        var strike = await Front(world, player, boss.Id).StrikeAsync(new StrikeBoss(command, player, power));
        if (strike.Accepted)
        {
            return strike.Value;
        }

        Assert.Equal(RefusalCodes.EventOver, strike.Refusal.Code);
        Assert.True(DateTimeOffset.UtcNow >= boss.Plan.EndsAt, $"Over before {boss.Plan.EndsAt:O}.");
        return null;
    }

    /// <summary>
    /// What a timer is there for happens at its instant, or when its grain came to know of it if that was later: not before, and as soon
    /// after it as the process lets timers fire, with a few seconds for what is to be done then.
    /// </summary>
    private static void AssertPunctual(DateTimeOffset? happened, DateTimeOffset due, DateTimeOffset known, Stalls stalls)
    {
        var latest = (known > due ? known : due).AddSeconds(5) + stalls.Greatest;
        Assert.True(happened >= due && happened <= latest, $"{happened:O} instead of {due:O} to {latest:O}.");
    }

    /// <summary>A war's front on the player's shard, from its opening to its outcome.</summary>
    private static async Task FightAsync(TestWorld world, string war, string player, int power)
    {
        var front = world.Grains(EntityId.ShardOf(player)).GetGrain<IWarFrontGrain>(war);
        await front.HandleAsync(new OpenFront("open", war, "s01.red", "s02.blue", DateTimeOffset.UtcNow.AddHours(1)));
        Assert.Null((await front.StrikeAsync(new LandStrike("strike", player, "s01.red", power))).Refusal);
        await front.HandleAsync(new RecordOutcome("outcome", new WarOutcome(war, 1, new WarPoints(power, 0), "s01.red", [])));
    }

    private static async Task<IReadOnlyList<GameEvent>> EventsAsync(TestWorld world, string shard, string stream)
    {
        var codec = EventCodec.ForGame();
        var facts = new List<GameEvent>();
        await foreach (var stored in world.Store(shard).ReadAsync(stream, 1, long.MaxValue))
        {
            facts.Add(codec.Decode(stored));
        }

        return facts;
    }
}

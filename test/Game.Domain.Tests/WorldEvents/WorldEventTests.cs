using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;

namespace Game.Domain.Tests.WorldEvents;

public sealed class WorldEventTests
{
    private static readonly string[] Shards = ["s01", "s02", "s03"];

    private static readonly WorldEventPlan Boss = WorldEventPlan.Of(
        WorldEventKind.WorldBoss, "Dragon", Histories.Noon.AddMinutes(10), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1), 1, 1000, 500);

    private static readonly WorldEvent Scheduled = WorldEvent.Initial("s01.e").After<WorldEvent, WorldEventCommand>(
        new ScheduleWorldEvent("1", "operator", Boss));

    private static readonly WorldEvent Announced = Scheduled.Play(new AnnounceWorldEvent("2", Shards), Boss.AnnounceAt).State;

    private static readonly WorldEvent Started = Announced.Play(new StartWorldEvent("3"), Boss.StartsAt).State;

    [Fact]
    public void Every_step_waits_for_its_time()
    {
        static void TooEarly(WorldEvent worldEvent, WorldEventCommand command, DateTimeOffset due) =>
            Assert.Equal(RefusalCodes.EventNotDue, worldEvent.Play(command, due.AddTicks(-1)).Decision.Refusal?.Code);

        TooEarly(Scheduled, new AnnounceWorldEvent("2", Shards), Boss.AnnounceAt);
        TooEarly(Announced, new StartWorldEvent("3"), Boss.StartsAt);
        TooEarly(Started, new EndWorldEvent("4"), Boss.EndsAt);
        var ended = Started.Play(new EndWorldEvent("4"), Boss.EndsAt).State;
        TooEarly(ended, new SettleWorldEvent("5"), ended.SettleBy!.Value);
        Assert.Equal(Shards, ended.Play(new SettleWorldEvent("5"), ended.SettleBy!.Value).State.Outcome!.MissingShards);
    }

    [Fact]
    public void An_event_whose_time_passed_while_nobody_announced_it_never_runs()
    {
        Assert.Equal(WorldEventStatus.Announced, Scheduled.Play(new AnnounceWorldEvent("2", Shards), Boss.EndsAt.AddTicks(-1)).State.Status);
        Assert.Equal(WorldEventStatus.Cancelled, Scheduled.Play(new AnnounceWorldEvent("2", Shards), Boss.EndsAt).State.Status);
    }

    [Fact]
    public void A_plan_out_of_its_limits_is_refused_with_the_field()
    {
        Assert.Equal("startsAt", FieldOf(Boss with { StartsAt = Histories.Noon.AddMinutes(-2) }));
        Assert.Equal("startsAt", FieldOf(Boss with { StartsAt = Histories.Noon.AddDays(400) }));
        Assert.Equal("durationSeconds", FieldOf(Boss with { EndsAt = Boss.StartsAt.AddSeconds(4) }));
        Assert.Equal("leadSeconds", FieldOf(Boss with { AnnounceAt = Boss.StartsAt.AddSeconds(1) }));
        Assert.Equal("name", FieldOf(Boss with { Name = "" }));
        Assert.Equal("name", FieldOf(Boss with { Name = "two\nlines" }));
        Assert.Equal("hitPoints", FieldOf(Boss with { HitPoints = 0 }));
        Assert.Equal("reward", FieldOf(Boss with { Reward = -1 }));
        Assert.Equal("multiplier", FieldOf(Boss with { Kind = WorldEventKind.DoubleExperience }));
        Assert.Equal("kind", FieldOf(Boss with { Kind = (WorldEventKind)9 }));
    }

    [Fact]
    public void The_report_that_uses_up_the_hit_points_kills_the_boss_once()
    {
        var hurt = Started.Play(Report("s01", 999), Boss.StartsAt).State;
        Assert.Null(hurt.Ending);
        var (killed, decision) = hurt.Play(Report("s02", 5), Boss.StartsAt);
        Assert.IsType<BossKilled>(decision.Events[^1]);
        Assert.Equal((WorldEventStatus.Ended, WorldEventEnding.Killed), (killed.Status, killed.Ending));

        // What was dealt until the fronts heard of it counts, and kills nobody again.
        var (later, more) = killed.Play(Report("s03", 40), Boss.StartsAt);
        Assert.DoesNotContain(more.Events, fact => fact is BossKilled);
        Assert.Equal(RefusalCodes.EventOver, later.Play(new EndWorldEvent("e"), Boss.EndsAt).Decision.Refusal?.Code);
        var settled = Finish(later, ("s01", 999), ("s02", 5), ("s03", 40));
        Assert.Equal((WorldEventEnding.Killed, 1044L), (settled.Outcome!.Ending, settled.Outcome.Damage));
    }

    [Fact]
    public void Damage_dealt_in_time_but_reported_after_the_end_still_kills()
    {
        var ended = Started.Play(new EndWorldEvent("e"), Boss.EndsAt).State;
        var settled = Finish(ended, ("s01", 600), ("s02", 400), ("s03", 0));

        Assert.Equal(WorldEventEnding.Killed, settled.Outcome!.Ending);
        Assert.Equal(Boss.EndsAt, settled.EndedAt);
    }

    [Fact]
    public void A_boss_that_nobody_killed_in_time_pays_nothing()
    {
        var settled = Finish(Started.Play(new EndWorldEvent("e"), Boss.EndsAt).State, ("s01", 600), ("s02", 399), ("s03", 0));

        Assert.Equal(WorldEventEnding.TimeUp, settled.Outcome!.Ending);
        Assert.Equal(0, Contributions.ShareOf(Boss, settled.Outcome, 600));
    }

    [Fact]
    public void A_shard_missing_at_the_deadline_is_named_and_corrected_when_it_comes_but_revives_and_kills_nobody()
    {
        var ended = Started.Play(new EndWorldEvent("e"), Boss.EndsAt).State;
        ended = ended.Play(Report("s01", 600, final: true), Boss.EndsAt).State;
        ended = ended.Play(Report("s02", 300, final: true), Boss.EndsAt).State;
        var settled = ended.Play(new SettleWorldEvent("s"), ended.SettleBy!.Value).State;
        Assert.Equal(["s03"], settled.Outcome!.MissingShards);

        var (corrected, decision) = settled.Play(Report("s03", 900, final: true), Boss.EndsAt.AddHours(1));

        Assert.DoesNotContain(decision.Events, fact => fact is BossKilled);
        Assert.Equal((2, 1800L, WorldEventEnding.TimeUp), (corrected.Outcome!.Revision, corrected.Outcome.Damage, corrected.Outcome.Ending));
        Assert.Empty(corrected.Outcome.MissingShards);
        Assert.True(corrected.Play(Report("s03", 900, final: true)).Decision.Events.IsEmpty);
    }

    [Fact]
    public void Called_off_before_it_is_announced_it_never_runs_afterwards_it_is_settled_without_a_kill()
    {
        Assert.Equal(WorldEventStatus.Cancelled, Scheduled.After<WorldEvent, WorldEventCommand>(new CancelWorldEvent("c", "operator")).Status);

        var off = Started.Play(new CancelWorldEvent("c", "operator"), Boss.StartsAt).State;
        var settled = Finish(off, ("s01", 2000), ("s02", 0), ("s03", 0));

        Assert.Equal((WorldEventEnding.Cancelled, 2000L), (settled.Outcome!.Ending, settled.Outcome.Damage));
        Assert.Equal("operator", settled.CancelledBy);
    }

    [Fact]
    public void Reports_may_be_lost_doubled_and_reordered_the_pool_converges_and_the_boss_is_killed_once()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(Histories.Seeds, seed =>
            {
                var random = new Random(seed);
                var fronts = Shards.ToDictionary(shard => shard, _ => new SortedDictionary<string, long>(StringComparer.Ordinal));
                var reports = new List<ReportEventFront>();
                for (var strike = 0; strike < 60; strike++)
                {
                    var shard = Shards[random.Next(Shards.Length)];
                    var player = $"{shard}.p{random.Next(60)}";
                    fronts[shard][player] = fronts[shard].GetValueOrDefault(player) + random.Next(1, 40);
                    reports.Add(Report(shard, fronts[shard].Values.Sum()));
                }

                reports.AddRange(Shards.Select(shard => new ReportEventFront("f", new FrontCounters(
                    shard,
                    fronts[shard].Values.Sum(),
                    true,
                    fronts[shard].Count,
                    Contributions.Top(fronts[shard].Select(entry => new Contribution(entry.Key, entry.Value)))))));
                var arriving = reports
                    .Where(report => report.Counters.Final || random.Next(3) > 0)
                    .SelectMany(report => Enumerable.Repeat(report, random.Next(1, 4)))
                    .ToArray();
                random.Shuffle(arriving);

                var (worldEvent, kills) = (Started, 0);
                var endAt = random.Next(arriving.Length);
                for (var i = 0; i < arriving.Length; i++)
                {
                    if (i == endAt)
                    {
                        worldEvent = worldEvent.Play(new EndWorldEvent("end"), Boss.EndsAt).State;
                    }

                    var (next, decision) = worldEvent.Play(arriving[i], Boss.EndsAt);
                    kills += decision.Events.Count(fact => fact is BossKilled);
                    worldEvent = next;
                }

                worldEvent = worldEvent.Play(new EndWorldEvent("end"), Boss.EndsAt).State;
                var dealt = fronts.Values.Sum(front => front.Values.Sum());
                Assert.Equal(WorldEventStatus.Settled, worldEvent.Status);
                Assert.Equal(dealt, worldEvent.Outcome!.Damage);
                Assert.Equal(dealt >= Boss.HitPoints ? 1 : 0, kills);
                Assert.Equal(dealt >= Boss.HitPoints, worldEvent.Outcome.Ending == WorldEventEnding.Killed);
                Assert.Equal(
                    Contributions.Top(fronts.Values.SelectMany(front => front).Select(entry => new Contribution(entry.Key, entry.Value))),
                    worldEvent.Outcome.Top);
                Assert.True(worldEvent.Outcome.Top.Sum(entry => Contributions.ShareOf(Boss, worldEvent.Outcome, entry.Damage)) <= Boss.Reward);
            }));
    }

    [Fact]
    public void Any_history_only_moves_forward_and_kills_at_most_once()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Histories.Seeds, seed =>
            {
                var (greatest, status) = (0L, WorldEventStatus.Scheduled);
                WorldEventEnding? settledAs = null;
                var plan = Boss with { AnnounceAt = Histories.Noon, StartsAt = Histories.Noon.AddSeconds(10), EndsAt = Histories.Noon.AddSeconds(60) };
                Histories.PlayRandomly(
                    WorldEvent.Initial("s01.e"),
                    seed,
                    80,
                    (random, _) => (WorldEventCommand)(random.Next(16) switch
                    {
                        0 or 1 => new ScheduleWorldEvent("c", "operator", plan),
                        2 or 3 => new AnnounceWorldEvent("c", Shards),
                        4 or 5 => new StartWorldEvent("c"),
                        6 => random.Next(9) == 0 ? new CancelWorldEvent("c", "operator") : new PublishBossPool("c"),
                        7 => new PublishBossPool("c"),
                        8 => new EndWorldEvent("c"),
                        9 => new SettleWorldEvent("c"),
                        _ => Report(random.Next(9) == 0 ? "s09" : Shards[random.Next(3)], random.Next(600), random.Next(4) == 0),
                    }),
                    worldEvent =>
                    {
                        Assert.True(worldEvent.Damage >= greatest);
                        Assert.True(worldEvent.Status >= status);
                        Assert.True(worldEvent.Outcome is null || worldEvent.Outcome.Damage == worldEvent.Damage);
                        Assert.Equal(worldEvent.Status == WorldEventStatus.Settled, worldEvent.Outcome is not null);
                        Assert.True(worldEvent.Ending != WorldEventEnding.Killed || worldEvent.Damage >= plan.HitPoints);
                        Assert.True(settledAs is null || settledAs == worldEvent.Outcome?.Ending);
                        (greatest, status, settledAs) = (worldEvent.Damage, worldEvent.Status, worldEvent.Outcome?.Ending);
                    });
            }));
    }

    private static ReportEventFront Report(string shard, long damage, bool final = false) =>
        new(
            $"{shard}-{damage}-{final}",
            new FrontCounters(shard, damage, final, final ? 1 : 0, final ? [new Contribution($"{shard}.p", damage)] : []));

    private static string? FieldOf(WorldEventPlan plan) =>
        WorldEvent.Initial("s01.e").Play(new ScheduleWorldEvent("1", "operator", plan)).Decision.Refusal?.Field;

    private static WorldEvent Finish(WorldEvent worldEvent, params ReadOnlySpan<(string Shard, long Damage)> fronts)
    {
        foreach (var (shard, damage) in fronts)
        {
            worldEvent = worldEvent.Play(Report(shard, damage, final: true), Boss.EndsAt).State;
        }

        Assert.Equal(WorldEventStatus.Settled, worldEvent.Status);
        return worldEvent;
    }
}

using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.Wars;
using Game.Domain.Wars;

namespace Game.Domain.Tests.Wars;

public sealed class GuildWarTests
{
    private static readonly string[] Shards = ["s01", "s02", "s03"];

    private static readonly GuildWar Declared = GuildWar.Initial("s01.w").After<GuildWar, WarCommand>(
        new DeclareWar("1", "s01.leader", "s01.red", "Red", "s02.blue", 10, 60));

    private static readonly GuildWar Started = Declared.After<GuildWar, WarCommand>(new StartWar("2", "Blue", Shards));

    private static DateTimeOffset Over => Histories.Noon.AddSeconds(60);

    [Fact]
    public void A_war_that_has_started_cannot_be_cancelled_nor_started_again()
    {
        Assert.Equal(RefusalCodes.WarNotDeclared, Started.Play(new CancelWar("3", null, "late")).Decision.Refusal?.Code);
        Assert.Equal(RefusalCodes.WarNotDeclared, Started.Play(new StartWar("3", "Blue", Shards)).Decision.Refusal?.Code);
    }

    [Fact]
    public void A_war_not_answered_in_time_cannot_start()
    {
        var late = Declared.Play(new StartWar("2", "Blue", Shards), Declared.ExpiresAt.AddTicks(1));

        Assert.Equal(RefusalCodes.WarExpired, late.Decision.Refusal?.Code);
    }

    [Fact]
    public void A_war_ends_on_time_and_settles_when_every_front_has_reported()
    {
        Assert.Equal(RefusalCodes.WarNotOver, Started.Play(new EndWar("3"), Over.AddTicks(-1)).Decision.Refusal?.Code);
        var ended = Started.Play(new EndWar("3"), Over).State;
        Assert.Equal(RefusalCodes.FrontsMissing, ended.Play(new SettleWar("4"), Over).Decision.Refusal?.Code);

        var war = ended;
        foreach (var shard in Shards)
        {
            war = war.Play(new ReportFront($"final-{shard}", shard, new WarPoints(5, 3), true), Over).State;
        }

        Assert.Equal(WarStatus.Settled, war.Status);
        Assert.Equal((new WarPoints(15, 9), "s01.red"), (war.Outcome!.Total, war.Outcome.Winner));
    }

    [Fact]
    public void After_the_deadline_a_war_settles_without_the_missing_and_is_corrected_when_they_come()
    {
        var ended = Started.Play(new EndWar("3"), Over).State;
        ended = ended.Play(new ReportFront("4", "s01", new WarPoints(5, 0), true), Over).State;
        ended = ended.Play(new ReportFront("5", "s02", new WarPoints(1, 0), true), Over).State;

        var settled = ended.Play(new SettleWar("6"), ended.SettleBy!.Value).State;
        Assert.Equal(["s03"], settled.Outcome!.MissingShards);
        var corrected = settled.Play(new ReportFront("7", "s03", new WarPoints(0, 9), true), Over.AddHours(1)).State;

        Assert.Equal(2, corrected.Outcome!.Revision);
        Assert.Equal(new WarPoints(6, 9), corrected.Outcome.Total);
        Assert.Empty(corrected.Outcome.MissingShards);
        Assert.Equal("s01.red", corrected.Outcome.Winner);
        Assert.True(corrected.Play(new ReportFront("8", "s03", new WarPoints(0, 9), true)).Decision.Events.IsEmpty);
    }

    [Fact]
    public void A_report_of_a_shard_that_is_not_part_of_the_war_is_refused() =>
        Assert.Equal(RefusalCodes.UnknownShard, Started.Play(new ReportFront("3", "s09", default, false)).Decision.Refusal?.Code);

    [Fact]
    public void Reports_may_be_lost_doubled_and_reordered_if_the_final_ones_come()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(Histories.Seeds, seed =>
            {
                var random = new Random(seed);
                var totals = Shards.ToDictionary(shard => shard, _ => default(WarPoints));
                var reports = new List<ReportFront>();
                for (var strike = 0; strike < 60; strike++)
                {
                    var shard = Shards[random.Next(Shards.Length)];
                    totals[shard] += random.Next(2) == 0 ? new WarPoints(random.Next(1, 100), 0) : new WarPoints(0, random.Next(1, 100));
                    reports.Add(new ReportFront($"r{strike}", shard, totals[shard], false));
                }

                reports.AddRange(Shards.Select(shard => new ReportFront($"f{shard}", shard, totals[shard], true)));
                var arriving = reports
                    .Where(report => report.Final || random.Next(3) > 0)
                    .SelectMany(report => Enumerable.Repeat(report, random.Next(1, 4)))
                    .ToArray();
                random.Shuffle(arriving);

                var war = Started.Play(new EndWar("end"), Over).State;
                foreach (var report in arriving)
                {
                    war = war.Play(report, Over).State;
                }

                Assert.Equal(WarStatus.Settled, war.Status);
                Assert.Equal(totals.Values.Aggregate((a, b) => a + b), war.Total);
                Assert.Equal(war.Total, war.Outcome!.Total);
            }));
    }

    [Fact]
    public void Any_history_only_moves_forward()
    {
        var greatest = default(WarPoints);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Histories.Seeds, seed =>
            {
                greatest = default;
                Histories.PlayRandomly(
                    GuildWar.Initial("s01.w"),
                    seed,
                    80,
                    (random, _) => (WarCommand)(random.Next(8) switch
                    {
                        0 => new DeclareWar("c", "s01.leader", "s01.red", "Red", random.Next(9) == 0 ? "s01.red" : "s02.blue", 10, 20),
                        1 => random.Next(9) == 0 ? new CancelWar("c", null, "test") : new PublishScoreboard("c"),
                        2 => new StartWar("c", "Blue", Shards),
                        3 => new EndWar("c"),
                        4 => new SettleWar("c"),
                        5 => new PublishScoreboard("c"),
                        _ => new ReportFront("c", random.Next(9) == 0 ? "s09" : Shards[random.Next(3)], new WarPoints(random.Next(99), random.Next(99)), random.Next(4) == 0),
                    }),
                    war =>
                    {
                        Assert.Equal(greatest, WarPoints.Max(greatest, war.Total) == war.Total ? greatest : war.Total);
                        greatest = war.Total;
                        Assert.True(war.Outcome is null || war.Outcome.Total == war.Total);
                        Assert.Equal(war.Status == WarStatus.Settled, war.Outcome is not null);
                    });
            }));
    }
}

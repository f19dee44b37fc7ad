using FsCheck;
using FsCheck.Fluent;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;

namespace Game.Domain.Tests.Leaderboards;

public sealed class GlobalRankingTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 13, 0, 0, 0, TimeSpan.Zero);

    private static readonly LeaderboardDefinition Board = new("power", ScoreOperator.Set, true, false, "0 0 * * *", 0);

    /// <summary>A score on one of four shards; several at a time share an instant.</summary>
    private sealed record Scored(int Shard, string Member, long Score, int Second);

    [Fact]
    public void Top_OfAnyShards_IsTheTopOfAllTogether() => ForAnyShards((boards, all, descending) =>
    {
        for (var count = 0; count <= 12; count += 3)
        {
            var digests = boards.Select((b, i) => b.GetDigest($"s{i}", count, 5, 0).Value!);
            Assert.Equal(all.Take(count), GlobalRanking.Top(digests, count));
        }
    });

    [Fact]
    public void RankOf_AnyEntry_LiesBetweenBestAndWorst() => ForAnyShards((boards, all, descending) =>
    {
        foreach (var samples in new[] { 1, 3, 1_000 })
        {
            var digests = boards.Select((b, i) => b.GetDigest($"s{i}", 0, samples, 0).Value!).ToList();
            foreach (var global in all)
            {
                var shard = ShardOf(global.Member);
                var local = boards[shard].GetRank(0, global.Member, 0).Value!;
                var rank = GlobalRanking.RankOf(local, $"s{shard}", digests);
                var bound = digests.Where((d, i) => i != shard).Sum(d => d.Step - 1);

                Assert.InRange(global.Rank, rank.Best, rank.Worst);
                Assert.InRange(rank.Worst - rank.Best, 0, bound);
                Assert.InRange(Math.Abs(global.Rank - rank.Estimate), 0, rank.MaxError);
            }
        }
    });

    [Fact]
    public void Top_WhenAShardIsStillInThePastSeason_LeavesItOut()
    {
        var yesterday = NewBoard(true, [new Scored(0, "0.ann", 100, 0)]);
        var today = new Leaderboard(Board);
        Apply(today, new SubmitScore("c", "1.bob", 5, ScoreOperator.Set, false), Start.AddDays(1));
        LeaderboardDigest[] digests = [yesterday.GetDigest("s0", 10, 10, 0).Value!, today.GetDigest("s1", 10, 10, 0).Value!];

        Assert.Equal(["1.bob"], GlobalRanking.Top(digests, 10).Select(e => e.Member));
        Assert.Equal(new GlobalRank(1, 1), GlobalRanking.RankOf(today.GetRank(0, "1.bob", 0).Value!, "s1", digests));
    }

    [Fact]
    public void Top_WhenADigestHoldsTooFewEntries_Throws()
    {
        var board = NewBoard(true, [new Scored(0, "0.ann", 1, 0), new Scored(0, "0.bob", 2, 0)]);

        Assert.Throws<ArgumentException>(() => GlobalRanking.Top([board.GetDigest("s0", 1, 1, 0).Value!], 2));
    }

    [Fact]
    public void Top_OfNoShards_IsEmpty() => Assert.Empty(GlobalRanking.Top([], 10));

    private static void ForAnyShards(Action<Leaderboard[], List<LeaderboardEntry>, bool> check)
    {
        var scored =
            from shard in Gen.Choose(0, 3)
            from member in Gen.Choose(0, 60)
            from score in Gen.Choose(0, 9)
            from second in Gen.Choose(0, 3)
            select new Scored(shard, $"{shard}.m{member}", score, second);
        var property = Prop.ForAll(
            Arb.From(Gen.ArrayOf(scored), Shrinking.DropOne),
            ArbMap.Default.ArbFor<bool>(),
            (scores, descending) =>
            {
                var boards = Enumerable.Range(0, 4)
                    .Select(shard => NewBoard(descending, scores.Where(s => s.Shard == shard)))
                    .ToArray();
                check(boards, Together(boards, descending), descending);
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(150), property);
    }

    private static Leaderboard NewBoard(bool descending, IEnumerable<Scored> scores)
    {
        var board = new Leaderboard(Board with { Descending = descending });
        Apply(board, new RollSeason("r"), Start);
        foreach (var scored in scores)
        {
            Apply(board, new SubmitScore("c", scored.Member, scored.Score, ScoreOperator.Set, false), Start.AddSeconds(scored.Second));
        }

        return board;
    }

    private static void Apply(Leaderboard board, LeaderboardCommand command, DateTimeOffset now)
    {
        foreach (var fact in board.Decide(command, now).Events)
        {
            board.Apply(fact);
        }
    }

    /// <summary>All entries of all shards in one list, by score, time, shard and rank there.</summary>
    private static List<LeaderboardEntry> Together(Leaderboard[] boards, bool descending) =>
    [
        .. boards
            .SelectMany(b => b.GetPage(0, 1, LeaderboardLimits.MaxPageSize, 0).Value!.Items)
            .OrderBy(e => descending ? -e.Score : e.Score)
            .ThenBy(e => e.ScoredAt)
            .ThenBy(e => ShardOf(e.Member))
            .ThenBy(e => e.Rank)
            .Select((e, i) => e with { Rank = i + 1 }),
    ];

    private static int ShardOf(string member) => member[0] - '0';
}

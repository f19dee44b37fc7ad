using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards.Ranking;

namespace Game.Domain.Tests.Leaderboards;

public sealed class RankedScoresTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Nothing, half a character (attributes cannot hold one), and a byte too many.</summary>
    public static TheoryData<string> NotMembers =>
        new("", new string('\ud800', 1), new string('x', LeaderboardLimits.MaxMemberBytes + 1));

    /// <summary>A step on the board: sets a score, or removes the member when there is none.</summary>
    private sealed record Step(string Member, long? Score);

    [Fact]
    public void Steps_AnySequence_RankLikeASortedList()
    {
        var steps =
            from member in Gen.Choose(0, 30)
            from length in Gen.Choose(0, 2)
            from score in Gen.Choose(-2, 8)
            select new Step($"m{member}{new string('x', length * member)}", score < 0 ? null : score);
        var property = Prop.ForAll(
            Arb.From(Gen.ArrayOf(steps), Shrinking.DropOne),
            ArbMap.Default.ArbFor<bool>(),
            (sequence, descending) => Run(sequence, descending));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(300), property);
    }

    [Theory]
    [InlineData(1, LeaderboardLimits.MaxScore)]
    [InlineData(2, 500)]
    [InlineData(3, 1)]
    public void Steps_ThroughThreeLevelsAndBack_RankLikeASortedList(int seed, long scores)
    {
        const int Members = 60_000;
        var random = new Random(seed);
        var ours = new RankedScores(descending: true);
        var model = new Dictionary<string, (long Score, int Order)>();
        var order = 0;

        // Growing splits leaves and branches, shrinking merges them; steps after each show that they still find their way.
        Play(3 * Members);
        ShrinkTo(2_000);
        Play(Members);
        ShrinkTo(0);
        Play(1_000);

        void Play(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                var member = Name(random.Next(Members));
                var score = random.NextInt64(scores);
                ours.Set(member, score, Start.AddSeconds(++order));
                model[member] = (score, order);
                if (random.Next(4) == 0)
                {
                    var gone = Name(random.Next(Members));
                    Assert.Equal(model.Remove(gone), ours.Remove(gone));
                }
            }

            AssertSame(model, ours);
        }

        void ShrinkTo(int entries)
        {
            foreach (var member in model.Keys.Skip(entries).ToList())
            {
                Assert.True(ours.Remove(member));
                model.Remove(member);
            }

            AssertSame(model, ours);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Steps_ThatEmptyWholeRangesAndFillThem_RankLikeASortedList(int seed)
    {
        const int Entries = 50_000;
        const int Period = 1_500;
        const int Gap = 750;
        var random = new Random(seed);
        var ours = new RankedScores(descending: false);
        var model = new Dictionary<string, (long Score, int Order)>();
        var order = 0;
        for (var i = 0; i < Entries; i++)
        {
            Set(i);
        }

        // The entries make two branches. Leaves in a gap are dropped, at times as the first of their branch. Thinning out
        // the low end merges both branches, and the second one's first leaf now has another one before it.
        RemoveWhere(score => (score + (seed * 500)) % Period < Gap);
        Scatter(2_000);
        RemoveWhere(score => score < Entries * 2 / 5 && random.Next(10) > 0);
        Scatter(2_000);

        void Set(long score)
        {
            var member = Name(++order);
            ours.Set(member, score, Start);
            model[member] = (score, order);
        }

        void Scatter(int entries)
        {
            for (var i = 0; i < entries; i++)
            {
                Set(random.Next(Entries));
            }

            AssertSame(model, ours);
        }

        void RemoveWhere(Predicate<long> gone)
        {
            foreach (var member in model.Where(e => gone(e.Value.Score)).OrderBy(e => e.Value.Score).Select(e => e.Key).ToList())
            {
                Assert.True(ours.Remove(member));
                model.Remove(member);
            }

            AssertSame(model, ours);
        }
    }

    [Fact]
    public void Set_AMillionEntries_KeepsRanksPagesAndNeighbours()
    {
        const int Entries = 1_000_000;
        var scores = new RankedScores(descending: true);
        for (var i = 0; i < Entries; i++)
        {
            // 7 is a unit modulo the size: every score once, in no order.
            scores.Set(Name(i), i * 7L % Entries, Start);
        }

        Assert.Equal(Entries, scores.Count);
        for (var i = 0; i < Entries; i += 997)
        {
            Assert.Equal(Entries - (i * 7L % Entries), scores.RankOf(Name(i)));
        }

        Assert.Equal([999_999, 999_998, 999_997], scores.Page(1, 3).Select(e => e.Score));
        Assert.Equal([1, 0], scores.Page(Entries - 1, 100).Select(e => e.Score));
        Assert.Equal([499_998, 499_999, 500_000, 500_001, 500_002], scores.Around(scores.Page(500_000, 1)[0].Member, 2).Select(e => e.Rank));
    }

    [Fact]
    public void RankIfSet_AnyBoard_IsTheRankThatSettingGives()
    {
        var step = from member in Gen.Choose(0, 12) from score in Gen.Choose(0, 5) select (Member: $"m{member}", Score: (long)score);
        var property = Prop.ForAll(Arb.From(Gen.NonEmptyListOf(step)), sequence =>
        {
            var scores = new RankedScores(descending: false);
            foreach (var (member, score) in sequence)
            {
                var expected = scores.RankIfSet(member, score);
                scores.Set(member, score, Start);
                Assert.Equal(expected, scores.RankOf(member));
            }
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    [Fact]
    public void Set_WhenTheClockStepsBack_KeepsTheOrderOfScoring()
    {
        var scores = new RankedScores(descending: true);
        scores.Set("first", 5, Start.AddHours(1));
        scores.Set("second", 5, Start);

        Assert.Equal(["first", "second"], scores.Page(1, 2).Select(e => e.Member));
        Assert.Equal(Start.AddHours(1), scores.Page(2, 1)[0].ScoredAt);
    }

    [Theory]
    [MemberData(nameof(NotMembers), DisableDiscoveryEnumeration = true)]
    public void Set_WhenTheNameCannotBeAMember_Throws(string member)
    {
        var scores = new RankedScores(descending: true);

        Assert.False(RankedScores.IsValidMember(member));
        Assert.Throws<ArgumentException>(() => scores.Set(member, 1, Start));
        Assert.Equal(0, scores.RankOf(member));
        Assert.Equal(0, scores.Count);
    }

    private static string Name(int number) => $"s01.player-{number.ToString("D7", CultureInfo.InvariantCulture)}";

    private static void Run(Step[] sequence, bool descending)
    {
        var ours = new RankedScores(descending);
        var model = new NaiveScores(descending);
        for (var i = 0; i < sequence.Length; i++)
        {
            var step = sequence[i];
            if (step.Score is { } score)
            {
                ours.Set(step.Member, score, Start.AddSeconds(i));
                model.Set(step.Member, score, Start.AddSeconds(i));
            }
            else
            {
                Assert.Equal(model.Remove(step.Member), ours.Remove(step.Member));
            }
        }

        var ranked = model.Ranked();
        Assert.Equal(ranked.Count, ours.Count);
        Assert.Equal(ranked, ours.Page(1, ranked.Count + 1));
        for (var i = 0; i < ranked.Count; i++)
        {
            Assert.Equal(i + 1, ours.RankOf(ranked[i].Member));
            Assert.Equal(ranked[i], ours.EntryOf(ranked[i].Member));
            Assert.True(ours.TryGetScore(ranked[i].Member, out var score));
            Assert.Equal(ranked[i].Score, score);
            Assert.Equal(new Standing(ranked[i].Score, ranked[i].ScoredAt), ours.StandingAt(i + 1));
            Assert.Equal(ranked.Skip(i).Take(3), ours.Page(i + 1, 3));
            Assert.Equal(ranked.Skip(i - 2).Take(Math.Min(i, 2) + 3), ours.Around(ranked[i].Member, 2));
        }
    }

    private static void AssertSame(Dictionary<string, (long Score, int Order)> model, RankedScores ours)
    {
        var expected = model
            .OrderBy(e => ours.Descending ? -e.Value.Score : e.Value.Score)
            .ThenBy(e => e.Value.Order)
            .Select(e => e.Key)
            .ToList();
        Assert.Equal(expected, ours.Page(1, ours.Count + 1).Select(e => e.Member));
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(i + 1, ours.RankOf(expected[i]));
        }
    }
}

using Game.Contracts;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;

namespace Game.Domain.Tests.Leaderboards;

public sealed class LeaderboardTests
{
    private static readonly DateTimeOffset Monday = new(2026, 7, 13, 0, 0, 0, TimeSpan.Zero);

    private static readonly LeaderboardDefinition Weekly = new("weekly", ScoreOperator.Best, true, false, "0 0 * * MON", 2);

    [Fact]
    public void Submit_First_BeginsTheFirstSeason()
    {
        var board = new Leaderboard(Weekly);

        var decision = board.Decide(Submit("ann", 10), Monday.AddHours(1));

        Assert.Equal(
            [
                new SeasonStarted(Monday.AddHours(1), 1, Monday.AddDays(7), true, 2),
                new ScoreRecorded(Monday.AddHours(1), "ann", 10, 1),
            ],
            decision.Events);
    }

    [Fact]
    public void Decide_ChangesNothing()
    {
        var board = Played(Weekly, ("ann", 10));

        board.Decide(Submit("bob", 20), Monday);

        Assert.Equal(["ann"], Members(board));
        Assert.Null(new Leaderboard(Weekly).SeasonEndsAt);
    }

    [Theory]
    [InlineData(true, 9, false)]
    [InlineData(true, 10, false)]
    [InlineData(true, 11, true)]
    [InlineData(false, 9, true)]
    [InlineData(false, 10, false)]
    [InlineData(false, 11, false)]
    public void Submit_Best_RecordsOnlyWhatIsBetter(bool descending, long score, bool recorded)
    {
        var board = Played(Weekly with { Descending = descending }, ("ann", 10));

        var decision = board.Decide(Submit("ann", score), Monday);

        Assert.Null(decision.Refusal);
        Assert.Equal(recorded, decision.Events.Length == 1);
    }

    [Theory]
    [InlineData(ScoreOperator.Set, 10, 4, 4)]
    [InlineData(ScoreOperator.Increment, 10, 4, 14)]
    [InlineData(ScoreOperator.Increment, null, 4, 4)]
    [InlineData(ScoreOperator.Increment, 10, LeaderboardLimits.MaxScore - 10, LeaderboardLimits.MaxScore)]
    [InlineData(ScoreOperator.Decrement, 10, 10, 0)]
    [InlineData(ScoreOperator.Decrement, null, 0, 0)]
    public void Submit_Operator_GivesTheNewScore(ScoreOperator op, int? old, long score, long expected)
    {
        var board = Holding(op, old);

        var recorded = Assert.IsType<ScoreRecorded>(Assert.Single(board.Decide(Submit("ann", score, op), Monday).Events));

        Assert.Equal(expected, recorded.Score);
    }

    [Theory]
    [InlineData(ScoreOperator.Increment, 10, LeaderboardLimits.MaxScore - 9)]
    [InlineData(ScoreOperator.Increment, 10, LeaderboardLimits.MaxScore)]
    [InlineData(ScoreOperator.Decrement, 10, 11)]
    [InlineData(ScoreOperator.Decrement, null, 1)]
    public void Submit_WhenTheScoreWouldLeaveItsRange_IsRefused(ScoreOperator op, int? old, long score)
    {
        var decision = Holding(op, old).Decide(Submit("ann", score, op), Monday);

        Assert.Equal((RefusalKind.Conflict, "score_out_of_range", "score"), Key(decision.Refusal));
        Assert.Empty(decision.Events);
    }

    [Theory]
    [InlineData("ann", -1, "score")]
    [InlineData("ann", LeaderboardLimits.MaxScore + 1, "score")]
    [InlineData("ann", long.MinValue, "score")]
    [InlineData("", 1, "member")]
    [InlineData("ääääääääääääääääääääääääääääääääa", 1, "member")]
    public void Submit_WhenAFieldIsOverItsLimit_NamesIt(string member, long score, string field)
    {
        var refusal = new Leaderboard(Weekly).Decide(Submit(member, score), Monday).Refusal;

        Assert.Equal((RefusalKind.Invalid, "invalid_field", field), Key(refusal));
        Assert.NotNull(refusal!.Limit);
    }

    [Fact]
    public void Submit_WithAnotherOperator_IsRefused() =>
        Assert.Equal(
            (RefusalKind.Invalid, "operator_not_allowed", "operator"),
            Key(new Leaderboard(Weekly).Decide(Submit("ann", 1, ScoreOperator.Set), Monday).Refusal));

    [Fact]
    public void Submit_ToAnAuthoritativeBoard_IsForServersOnly()
    {
        var board = new Leaderboard(Weekly with { Authoritative = true });

        Assert.Equal((RefusalKind.Forbidden, "board_authoritative", null), Key(board.Decide(Submit("ann", 1), Monday).Refusal));
        Assert.Null(board.Decide(Submit("ann", 1) with { FromServer = true }, Monday).Refusal);
    }

    [Fact]
    public void Decide_WithoutDefinition_IsRefusedAndHistoryIsReadable()
    {
        var board = Leaderboard.Initial("weekly")
            .Apply(new SeasonStarted(Monday, 1, null, true, 0))
            .Apply(new ScoreRecorded(Monday, "ann", 3, 1));

        Assert.Equal((RefusalKind.NotFound, "board_unknown", null), Key(board.Decide(Submit("ann", 5), Monday).Refusal));
        Assert.Equal(["ann"], Members(board));
    }

    [Fact]
    public void Submit_EqualScores_TheEarlierStandsHigher()
    {
        var board = Played(Weekly, ("ann", 10), ("bob", 20), ("cid", 10), ("ann", 20));

        Assert.Equal(["bob", "ann", "cid"], Members(board));
    }

    [Fact]
    public void Recorded_Rank_IsTheRankThen()
    {
        var board = Played(Weekly, ("ann", 10), ("bob", 20));

        Assert.Equal(2, Assert.IsType<ScoreRecorded>(board.Decide(Submit("cid", 15), Monday).Events[0]).Rank);
        Assert.Equal(1, Assert.IsType<ScoreRecorded>(board.Decide(Submit("ann", 25), Monday).Events[0]).Rank);
    }

    [Fact]
    public void Season_WhenItEnds_StaysReadable()
    {
        var board = Played(Weekly, ("ann", 10), ("bob", 20));
        var nextWeek = Monday.AddDays(7);

        Execute(board, Submit("bob", 5), nextWeek);

        Assert.Equal(["bob"], Members(board));
        Assert.Equal(nextWeek.AddDays(7), board.SeasonEndsAt);
        Assert.Equal(["bob", "ann"], Members(board, season: 1));
        Assert.Equal(2, board.GetRank(1, "ann", 0).Value!.Rank);
        Assert.Equal(["bob", "ann"], board.GetAround(1, "ann", 1, 0).Value!.Items.Select(e => e.Member));
    }

    [Fact]
    public void RollSeason_BeforeTheEnd_DoesNothing()
    {
        var board = Played(Weekly, ("ann", 10));

        Assert.Equal(Decision.Nothing, board.Decide(new RollSeason("r"), Monday.AddDays(7).AddTicks(-1)));
        Assert.Equal(2, Assert.IsType<SeasonStarted>(Assert.Single(board.Decide(new RollSeason("r"), Monday.AddDays(7)).Events)).Season);
    }

    [Fact]
    public void RollSeason_AfterSeveralEnds_BeginsOneSeason()
    {
        var board = Played(Weekly, ("ann", 10));

        Execute(board, new RollSeason("r"), Monday.AddDays(25));

        var page = board.GetPage(0, 1, 10, 0).Value!;
        Assert.Equal((2, 0L, Monday.AddDays(28)), (page.Season, page.Entries, page.SeasonEndsAt));
    }

    [Fact]
    public void Season_BeyondTheRetained_IsForgotten()
    {
        var board = Played(Weekly, ("ann", 10));
        for (var week = 1; week <= 3; week++)
        {
            Execute(board, Submit("ann", week), Monday.AddDays(7 * week));
        }

        Assert.Equal("season_unknown", board.GetPage(1, 1, 10, 0).Refusal!.Code);
        Assert.Equal([1, 2, 3], Enumerable.Range(2, 3).Select(season => board.GetRank(season, "ann", 0).Value!.Score));
    }

    [Fact]
    public void Season_WithoutSchedule_NeverEndsUntilOneIsDeclared()
    {
        var endless = Weekly with { Reset = null };
        var events = new Leaderboard(endless).Decide(Submit("ann", 1), Monday).Events;
        var board = Fold(new Leaderboard(endless), events);
        var declared = Fold(new Leaderboard(Weekly), events);

        Assert.Equal(Decision.Nothing, board.Decide(new RollSeason("r"), Monday.AddYears(50)));
        Assert.Equal(Monday.AddDays(7), declared.SeasonEndsAt);
    }

    [Fact]
    public void Direction_WhenItIsRedeclared_HoldsFromTheNextSeason()
    {
        var events = new Leaderboard(Weekly).Decide(Submit("ann", 10), Monday).Events;
        var board = Fold(new Leaderboard(Weekly with { Descending = false }), events);

        Assert.Empty(board.Decide(Submit("ann", 5), Monday).Events);
        Assert.False(Assert.IsType<SeasonStarted>(board.Decide(Submit("ann", 5), Monday.AddDays(7)).Events[0]).Descending);
    }

    [Fact]
    public void Remove_TakesTheMemberOff()
    {
        var board = Played(Weekly, ("ann", 10), ("bob", 20));

        Execute(board, new RemoveScore("x", "bob"), Monday);

        Assert.Equal(["ann"], Members(board));
        Assert.Equal("not_ranked", board.Decide(new RemoveScore("y", "bob"), Monday).Refusal!.Code);
    }

    [Fact]
    public void Queries_OfAnEmptyBoard_AnswerEmpty()
    {
        var page = new Leaderboard(Weekly).GetPage(0, 1, 10, 7);

        Assert.Equal((7L, 0, 0L), (page.Version, page.Value!.Season, page.Value.Entries));
        Assert.Equal("not_ranked", new Leaderboard(Weekly).GetRank(0, "ann", 0).Refusal!.Code);
        Assert.Equal("not_ranked", new Leaderboard(Weekly).GetAround(0, "ann", 5, 0).Refusal!.Code);
        Assert.Equal("season_unknown", new Leaderboard(Weekly).GetRank(3, "ann", 0).Refusal!.Code);
    }

    [Fact]
    public void Queries_OverTheirLimits_NameTheField()
    {
        var board = Played(Weekly, ("ann", 10));

        Assert.Equal("rank", board.GetPage(0, 0, 10, 0).Refusal!.Field);
        Assert.Equal("count", board.GetPage(0, 1, 0, 0).Refusal!.Field);
        Assert.Equal("count", board.GetPage(0, 1, LeaderboardLimits.MaxPageSize + 1, 0).Refusal!.Field);
        Assert.Equal("reach", board.GetAround(0, "ann", -1, 0).Refusal!.Field);
        Assert.Equal("reach", board.GetAround(0, "ann", LeaderboardLimits.MaxReach + 1, 0).Refusal!.Field);
        Assert.Equal("top", board.GetDigest("s01", LeaderboardLimits.MaxPageSize + 1, 10, 0).Refusal!.Field);
        Assert.Equal("samples", board.GetDigest("s01", 10, 0, 0).Refusal!.Field);
        Assert.Empty(board.GetPage(0, long.MaxValue, 10, 0).Value!.Items);
    }

    [Theory]
    [InlineData("", ScoreOperator.Best, null, 0)]
    [InlineData("Weekly", ScoreOperator.Best, null, 0)]
    [InlineData("weekly\n", ScoreOperator.Best, null, 0)]
    [InlineData("weekly", (ScoreOperator)9, null, 0)]
    [InlineData("weekly", ScoreOperator.Best, "0 0 31 2 *", 0)]
    [InlineData("weekly", ScoreOperator.Best, null, -1)]
    [InlineData("weekly", ScoreOperator.Best, null, LeaderboardLimits.MaxRetainedSeasons + 1)]
    public void Definition_WhenWrong_SaysWhat(string id, ScoreOperator op, string? cron, int retain)
    {
        Assert.Single(new LeaderboardDefinition(id, op, true, false, cron, retain).Validate());
        Assert.Empty(Weekly.Validate());
    }

    private static SubmitScore Submit(string member, long score, ScoreOperator op = ScoreOperator.Best) =>
        new($"{member}-{score}", member, score, op, FromServer: false);

    private static Leaderboard Played(LeaderboardDefinition definition, params ReadOnlySpan<(string Member, long Score)> scores)
    {
        var board = new Leaderboard(definition);
        foreach (var (member, score) in scores)
        {
            Execute(board, Submit(member, score, definition.Operator), Monday);
        }

        return board;
    }

    /// <summary>A board whose settings were changed to the operator after ann had scored.</summary>
    private static Leaderboard Holding(ScoreOperator op, int? score) =>
        Fold(
            new Leaderboard(Weekly with { Operator = op }),
            score is { } old
                ? [new SeasonStarted(Monday, 1, null, true, 0), new ScoreRecorded(Monday, "ann", old, 1)]
                : [new SeasonStarted(Monday, 1, null, true, 0)]);

    private static void Execute(Leaderboard board, LeaderboardCommand command, DateTimeOffset now)
    {
        var decision = board.Decide(command, now);
        Assert.Null(decision.Refusal);
        Fold(board, decision.Events);
    }

    private static Leaderboard Fold(Leaderboard board, IEnumerable<GameEvent> events) =>
        events.Aggregate(board, (state, fact) => state.Apply(fact));

    private static IEnumerable<string> Members(Leaderboard board, int season = 0) =>
        board.GetPage(season, 1, LeaderboardLimits.MaxPageSize, 0).Value!.Items.Select(e => e.Member);

    private static (RefusalKind, string, string?) Key(Refusal? refusal)
    {
        Assert.NotNull(refusal);
        return (refusal.Kind, refusal.Code, refusal.Field);
    }
}

using Game.Contracts;
using Game.Contracts.Leaderboards;
using Game.Gateway.Http;

namespace Game.Gateway.Leaderboards;

internal sealed record SubmitBody(long Score, ScoreOperator Operator = ScoreOperator.Best) : IRequestBody
{
    public Refusal? Check() => Score is >= 0 and <= LeaderboardLimits.MaxScore
        ? null
        : Refusal.Invalid("score", $"0 to {LeaderboardLimits.MaxScore}");
}

/// <summary>A stretch of a board. The cursor goes on in the same season. Coverage: with scope=all only.</summary>
internal sealed record BoardBody(
    string Board,
    int Season,
    long Entries,
    DateTimeOffset? SeasonEndsAt,
    IReadOnlyList<LeaderboardEntry> Items,
    string? NextCursor,
    CoverageBody? Coverage)
{
    public static BoardBody Of(LeaderboardPage page, string? nextCursor) =>
        new(page.Board, page.Season, page.Entries, page.SeasonEndsAt, page.Items, nextCursor, null);

    public static BoardBody Of(string board, GlobalTop top, DateTimeOffset now) =>
        new(board, 0, top.Entries, top.SeasonEndsAt, top.Items, null, CoverageBody.Of(top.Coverage, now));
}

/// <summary>
/// An entry and its rank: exact on one shard; over all shards between <paramref name="Best"/> and <paramref name="Worst"/>.
/// </summary>
internal sealed record RankBody(
    long Rank, long Best, long Worst, string Member, long Score, DateTimeOffset ScoredAt, CoverageBody? Coverage)
{
    public static RankBody Of(LeaderboardEntry entry) =>
        new(entry.Rank, entry.Rank, entry.Rank, entry.Member, entry.Score, entry.ScoredAt, null);

    public static RankBody Of(GlobalStanding standing, DateTimeOffset now) => new(
        standing.Rank.Estimate,
        standing.Rank.Best,
        standing.Rank.Worst,
        standing.Entry.Member,
        standing.Entry.Score,
        standing.Entry.ScoredAt,
        CoverageBody.Of(standing.Coverage, now));
}

/// <summary>
/// What an answer over all shards is made of: the shards not heard of are left out; of the others the oldest digest is
/// <paramref name="AgeSeconds"/> old, by the clock of the shard that told it.
/// </summary>
internal sealed record CoverageBody(IReadOnlyList<string> Missing, double AgeSeconds)
{
    public static CoverageBody Of(RankingCoverage coverage, DateTimeOffset now) => new(
        coverage.Missing, coverage.AsOf is { } at && at < now ? Math.Round((now - at).TotalSeconds, 1) : 0);
}

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

/// <summary>A stretch of a board. The cursor goes on in the same season.</summary>
internal sealed record BoardBody(
    string Board,
    int Season,
    long Entries,
    DateTimeOffset? SeasonEndsAt,
    IReadOnlyList<LeaderboardEntry> Items,
    string? NextCursor)
{
    public static BoardBody Of(LeaderboardPage page, string? nextCursor) =>
        new(page.Board, page.Season, page.Entries, page.SeasonEndsAt, page.Items, nextCursor);
}

/// <summary>
/// An entry and its rank: exact on one shard; over all shards between <paramref name="Best"/> and <paramref name="Worst"/>.
/// </summary>
internal sealed record RankBody(long Rank, long Best, long Worst, string Member, long Score, DateTimeOffset ScoredAt)
{
    public static RankBody Of(LeaderboardEntry entry) => Of(entry, new GlobalRank(entry.Rank, entry.Rank));

    public static RankBody Of(LeaderboardEntry entry, GlobalRank rank) =>
        new(rank.Estimate, rank.Best, rank.Worst, entry.Member, entry.Score, entry.ScoredAt);
}

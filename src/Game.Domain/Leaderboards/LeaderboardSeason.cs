using Game.Domain.Leaderboards.Ranking;

namespace Game.Domain.Leaderboards;

/// <summary>One season of a board and who scored in it.</summary>
/// <param name="Number">1-based.</param>
/// <param name="EndsAt">Null if it never ends.</param>
internal sealed record LeaderboardSeason(int Number, DateTimeOffset StartedAt, DateTimeOffset? EndsAt, RankedScores Scores);

namespace Game.Contracts.Leaderboards;

/// <summary>What a submission does to the stored score.</summary>
public enum ScoreOperator
{
    /// <summary>Keeps the better of old and new.</summary>
    Best,
    Set,
    Increment,
    Decrement,
}

/// <summary>
/// A submission. Only one <paramref name="Operator"/> is allowed a board, and only servers may submit to an authoritative
/// board (<paramref name="FromServer"/>). Score: 0 to 10^15.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.submit")]
public sealed record SubmitScore(
    string CommandId,
    [property: Id(0)] string Member,
    [property: Id(1)] long Score,
    [property: Id(2)] ScoreOperator Operator,
    [property: Id(3)] bool FromServer) : Command(CommandId);

/// <summary>Rank is 1-based; among equal scores the earlier one stands higher.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.entry")]
public sealed record LeaderboardEntry(
    [property: Id(0)] long Rank,
    [property: Id(1)] string Member,
    [property: Id(2)] long Score,
    [property: Id(3)] DateTimeOffset ScoredAt);

[GenerateSerializer, Immutable, Alias("game.leaderboard.page")]
public sealed record LeaderboardPage(
    [property: Id(0)] string Board,
    [property: Id(1)] int Season,
    [property: Id(2)] long Entries,
    [property: Id(3)] DateTimeOffset? SeasonEndsAt,
    [property: Id(4)] IReadOnlyList<LeaderboardEntry> Items);

/// <summary>The season a board is in from now on (1-based). The one before it becomes readable history.</summary>
[GenerateSerializer, Immutable, Alias("leaderboard.season-started")]
public sealed record SeasonStarted(
    DateTimeOffset At,
    [property: Id(0)] int Season,
    [property: Id(1)] DateTimeOffset? EndsAt) : GameEvent(At);

/// <summary>The score that counts after a submission.</summary>
[GenerateSerializer, Immutable, Alias("leaderboard.score-recorded")]
public sealed record ScoreRecorded(
    DateTimeOffset At,
    [property: Id(0)] string Member,
    [property: Id(1)] long Score) : GameEvent(At);

namespace Game.Contracts.Leaderboards;

/// <summary>
/// The season a board is in from now on (1-based). The one before it becomes readable history. What reading the log needs
/// of the board's settings is in here: a change of settings holds from the next season on.
/// </summary>
/// <param name="EndsAt">When the season ends; null if it never does.</param>
/// <param name="Descending">True if a greater score stands higher.</param>
/// <param name="Retained">How many past seasons are kept.</param>
[GenerateSerializer, Immutable, Alias("leaderboard.season-started")]
public sealed record SeasonStarted(
    DateTimeOffset At,
    [property: Id(0)] int Season,
    [property: Id(1)] DateTimeOffset? EndsAt,
    [property: Id(2)] bool Descending,
    [property: Id(3)] int Retained) : GameEvent(At);

/// <summary>The score that counts after a submission, and the rank it gave at that moment.</summary>
[GenerateSerializer, Immutable, Alias("leaderboard.score-recorded")]
public sealed record ScoreRecorded(
    DateTimeOffset At,
    [property: Id(0)] string Member,
    [property: Id(1)] long Score,
    [property: Id(2)] long Rank) : GameEvent(At);

/// <summary>A member was taken off the current season.</summary>
[GenerateSerializer, Immutable, Alias("leaderboard.score-removed")]
public sealed record ScoreRemoved(DateTimeOffset At, [property: Id(0)] string Member) : GameEvent(At);

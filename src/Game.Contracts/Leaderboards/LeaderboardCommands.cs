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

[GenerateSerializer, Immutable, Alias("game.leaderboard.command")]
public abstract record LeaderboardCommand(string CommandId) : Command(CommandId);

/// <summary>
/// A submission. Only one <paramref name="Operator"/> is allowed a board, and only servers may submit to an authoritative
/// board (<paramref name="FromServer"/>). Score: 0 to <see cref="LeaderboardLimits.MaxScore"/>. Member: 1 to
/// <see cref="LeaderboardLimits.MaxMemberBytes"/> bytes of UTF-8.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.submit")]
public sealed record SubmitScore(
    string CommandId,
    [property: Id(0)] string Member,
    [property: Id(1)] long Score,
    [property: Id(2)] ScoreOperator Operator,
    [property: Id(3)] bool FromServer) : LeaderboardCommand(CommandId);

/// <summary>Takes a member off the current season, for operators: a cheater, a deleted account.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.remove")]
public sealed record RemoveScore(string CommandId, [property: Id(0)] string Member) : LeaderboardCommand(CommandId);

/// <summary>Starts the next season if the current one has ended (or none has begun); otherwise changes nothing.</summary>
[GenerateSerializer, Immutable, Alias("game.leaderboard.roll-season")]
public sealed record RollSeason(string CommandId) : LeaderboardCommand(CommandId);

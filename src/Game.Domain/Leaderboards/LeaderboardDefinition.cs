using System.Text.RegularExpressions;
using Game.Contracts.Leaderboards;
using Game.Domain.Time;

namespace Game.Domain.Leaderboards;

/// <summary>
/// A board as the settings declare it. Direction, schedule and retention hold for a season from its beginning: changing
/// them changes the next one. Operator and authority hold at once.
/// </summary>
/// <param name="Id"><c>[a-z0-9-]</c>, 1 to <see cref="LeaderboardLimits.MaxIdLength"/> characters.</param>
/// <param name="Operator">The one operator submissions may use.</param>
/// <param name="Descending">True if a greater score stands higher.</param>
/// <param name="Authoritative">True if only servers submit.</param>
/// <param name="Reset">When seasons end (<see cref="CronSchedule"/>); null: never.</param>
/// <param name="RetainSeasons">How many past seasons stay readable, 0 to <see cref="LeaderboardLimits.MaxRetainedSeasons"/>.</param>
public sealed partial record LeaderboardDefinition(
    string Id, ScoreOperator Operator, bool Descending, bool Authoritative, string? Reset, int RetainSeasons)
{
    /// <summary>What is wrong with it, each with the property's name; empty if nothing.</summary>
    public IEnumerable<string> Validate()
    {
        if (!IdPattern().IsMatch(Id))
        {
            yield return $"{nameof(Id)} must be [a-z0-9-], 1 to {LeaderboardLimits.MaxIdLength} characters, not '{Id}'.";
        }

        if (!Enum.IsDefined(Operator))
        {
            yield return $"{nameof(Operator)} must be one of {string.Join(", ", Enum.GetNames<ScoreOperator>())}.";
        }

        if (Reset is not null && !CronSchedule.TryParse(Reset, out _, out var error))
        {
            yield return $"{nameof(Reset)}: {error}";
        }

        if (RetainSeasons is < 0 or > LeaderboardLimits.MaxRetainedSeasons)
        {
            yield return $"{nameof(RetainSeasons)} must be 0 to {LeaderboardLimits.MaxRetainedSeasons}, not {RetainSeasons}.";
        }
    }

    [GeneratedRegex($@"\A[a-z0-9-]{{1,32}}\z")]
    private static partial Regex IdPattern();
}

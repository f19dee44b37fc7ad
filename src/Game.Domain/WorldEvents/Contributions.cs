using Game.Contracts.WorldEvents;

namespace Game.Domain.WorldEvents;

/// <summary>Rankings of contributions and what they earn.</summary>
public static class Contributions
{
    /// <summary>
    /// The greatest contributions, of equal ones the smaller player id first. Exact for the whole if each part was ranked so and
    /// no player is in two parts.
    /// </summary>
    public static IReadOnlyList<Contribution> Top(
        IEnumerable<Contribution> contributions, int count = WorldEventLimits.RankedContributions) =>
    [
        .. contributions
            .OrderByDescending(contribution => contribution.Damage)
            .ThenBy(contribution => contribution.Player, StringComparer.Ordinal)
            .Take(count),
    ];

    /// <summary>A contributor's share of the reward, rounded down; 0 unless the boss was killed.</summary>
    public static long ShareOf(WorldEventPlan plan, WorldEventOutcome outcome, long damage) =>
        outcome.Ending == WorldEventEnding.Killed && outcome.Damage > 0 ? (long)((Int128)plan.Reward * damage / outcome.Damage) : 0;
}

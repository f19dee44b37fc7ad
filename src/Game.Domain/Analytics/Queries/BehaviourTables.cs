using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Queries;

/// <summary>
/// Players who registered on a day and were seen that day, and which share of them was seen on each of the days after
/// (day 0 = 1), as far as days have come and were asked for.
/// </summary>
public sealed record RetentionRow(string Cohort, long Players, IReadOnlyList<double> Days);

/// <summary>
/// A step of a funnel. <paramref name="OfFirst"/>, <paramref name="OfPrevious"/>: its players ÷ those of the first and the
/// previous step.
/// </summary>
public sealed record FunnelRow(string Funnel, int Step, string Kind, long Players, double? OfFirst, double? OfPrevious);

/// <summary>Retention and funnels over a time.</summary>
public static class BehaviourTables
{
    private const long Day = 24 * 60;

    /// <param name="days">Panes of days.</param>
    /// <param name="last">The last day that counts, minutes since 1970.</param>
    public static IReadOnlyList<RetentionRow> Retention(PaneSet days, long last)
    {
        var rows = new List<RetentionRow>();
        foreach (var first in days.Panes.Keys)
        {
            var cohort = Cohorts.NameOf(first / Day);
            if (Seen(days, first, cohort) is not ({ } players and > 0))
            {
                continue;
            }

            var reach = Math.Min(Cohorts.Days, (last - first) / Day);
            var shares = Enumerable.Range(0, (int)reach + 1).Select(n => (Seen(days, first + (n * Day), cohort) ?? 0) / (double)players);
            rows.Add(new RetentionRow(cohort, players, [.. shares]));
        }

        return rows;
    }

    public static IReadOnlyList<FunnelRow> Funnels(Pane total)
    {
        var rows = new List<FunnelRow>();
        foreach (var (name, steps) in BehaviourProcessor.Funnels)
        {
            long first = 0, previous = 0;
            for (var i = 0; i < steps.Count; i++)
            {
                var key = new MetricKey(BehaviourProcessor.FunnelSteps, BehaviourProcessor.StepName(name, i, steps[i]));
                var players = (long)(Statistics.Read(total.Metrics.GetValueOrDefault(key), Statistic.Value) ?? 0);
                first = i == 0 ? players : first;
                rows.Add(new FunnelRow(
                    name, i + 1, ActionRules.Name(steps[i]), players, Share(players, first), i == 0 ? null : Share(players, previous)));
                previous = players;
            }
        }

        return rows;
    }

    private static long? Seen(PaneSet days, long day, string cohort) =>
        days.Panes.TryGetValue(day, out var pane)
            ? (long?)Statistics.Read(pane.Metrics.GetValueOrDefault(new(BehaviourProcessor.ActiveByCohort, cohort)), Statistic.Value)
            : null;

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;
}

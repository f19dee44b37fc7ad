using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Queries;

/// <summary>
/// A skill, an item or a side of wars. <paramref name="WinRate"/>: won ÷ (won + lost), null without either;
/// <paramref name="WinRateLow"/> and <paramref name="WinRateHigh"/>: its 95 % interval (Wilson 1927). <paramref name="P50"/> to
/// <paramref name="Max"/>: of damage, or of points.
/// </summary>
public sealed record BalanceRow(
    string Name,
    long Uses,
    long Users,
    long Kills,
    long Won,
    long Lost,
    long Drawn,
    double? WinRate,
    double? WinRateLow,
    double? WinRateHigh,
    double? Mean,
    double? P50,
    double? P95,
    double? P99,
    double? Max);

/// <summary>Balance over a time.</summary>
public static class BalanceTable
{
    private const double Z95 = 1.959964;

    /// <summary>Rows by name.</summary>
    public static IReadOnlyList<BalanceRow> Skills(Pane total) => Rows(
        total,
        BalanceProcessor.SkillUses,
        BalanceProcessor.SkillUsers,
        BalanceProcessor.SkillKills,
        BalanceProcessor.SkillDuels,
        BalanceProcessor.SkillDamage);

    /// <inheritdoc cref="Skills"/>
    public static IReadOnlyList<BalanceRow> Items(Pane total) => Rows(
        total, BalanceProcessor.ItemUses, BalanceProcessor.ItemUsers, null, BalanceProcessor.ItemDuels, null);

    /// <inheritdoc cref="Skills"/>
    public static IReadOnlyList<BalanceRow> Wars(Pane total) =>
        Rows(total, null, null, null, BalanceProcessor.WarsEnded, BalanceProcessor.WarPoints);

    private static IReadOnlyList<BalanceRow> Rows(Pane total, string? uses, string? users, string? kills, string outcomes, string? measure)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in total.Metrics.Keys)
        {
            if (key.Name == uses || key.Name == kills || key.Name == measure)
            {
                names.Add(key.Dimension);
            }
            else if (key.Name == outcomes)
            {
                names.Add(key.Dimension.Split(BalanceProcessor.Separator)[0]);
            }
        }

        return [.. names.Select(name => Row(total, name, uses, users, kills, outcomes, measure))];
    }

    private static BalanceRow Row(Pane total, string name, string? uses, string? users, string? kills, string outcomes, string? measure)
    {
        long Number(string? metric, string dimension) =>
            metric is null ? 0 : (long)(Statistics.Read(total.Metrics.GetValueOrDefault(new(metric, dimension)), Statistic.Value) ?? 0);
        double? Measure(Statistic statistic) =>
            measure is null ? null : Statistics.Read(total.Metrics.GetValueOrDefault(new(measure, name)), statistic);
        long Outcome(string outcome) => Number(outcomes, $"{name}{BalanceProcessor.Separator}{outcome}");

        var (won, lost) = (Outcome("won"), Outcome("lost"));
        var (low, high) = Interval(won, won + lost);
        return new BalanceRow(
            name,
            Number(uses, name),
            Number(users, name),
            Number(kills, name),
            won,
            lost,
            Outcome("drawn"),
            won + lost == 0 ? null : (double)won / (won + lost),
            low,
            high,
            Measure(Statistic.Mean),
            Measure(Statistic.P50),
            Measure(Statistic.P95),
            Measure(Statistic.P99),
            Measure(Statistic.Max));
    }

    private static (double? Low, double? High) Interval(long successes, long trials)
    {
        if (trials == 0)
        {
            return (null, null);
        }

        double n = trials, p = successes / n, z2 = Z95 * Z95;
        var centre = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        var half = Z95 / (1 + (z2 / n)) * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}

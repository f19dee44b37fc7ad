using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Queries;

/// <summary>
/// Revenue in minor units of a currency, which has so many <paramref name="Decimals"/>. <paramref name="Net"/> = gross − refunds;
/// <paramref name="Arpu"/> = net ÷ active players; <paramref name="Arppu"/> = net ÷ payers; <paramref name="Conversion"/> = payers ÷
/// active players. What cannot be told for a row is null.
/// </summary>
public sealed record RevenueRow(
    string Currency,
    int Decimals,
    string? Of,
    long Gross,
    long Refunds,
    long Net,
    long? Purchases,
    long? Payers,
    long? ActivePlayers,
    double? Arpu,
    double? Arppu,
    double? Conversion);

/// <summary>Revenue over a time.</summary>
public static class RevenueTable
{
    /// <summary>A row a currency. Payers are those of the currency.</summary>
    public static IReadOnlyList<RevenueRow> ByCurrency(Pane total) =>
    [
        .. Dimensions(total, RevenueProcessor.Gross, RevenueProcessor.Refunds).Select(currency => Row(
            currency,
            null,
            Number(total, RevenueProcessor.Gross, currency) ?? 0,
            Number(total, RevenueProcessor.Refunds, currency) ?? 0,
            null,
            Number(total, RevenueProcessor.Payers, currency) ?? 0,
            Number(total, RevenueProcessor.Active, ""))),
    ];

    /// <summary>A row a product and currency.</summary>
    public static IReadOnlyList<RevenueRow> ByProduct(Pane total) =>
    [
        .. Dimensions(total, RevenueProcessor.GrossByProduct, RevenueProcessor.RefundsByProduct).Select(key =>
        {
            var (currency, product) = Split(key);
            return Row(
                currency,
                product,
                Number(total, RevenueProcessor.GrossByProduct, key) ?? 0,
                Number(total, RevenueProcessor.RefundsByProduct, key) ?? 0,
                Number(total, RevenueProcessor.Purchases, product),
                null,
                null);
        }),
    ];

    /// <summary>A row a cohort (month of registration) and currency. Payers are those of the cohort in any currency.</summary>
    public static IReadOnlyList<RevenueRow> ByCohort(Pane total) =>
    [
        .. Dimensions(total, RevenueProcessor.GrossByCohort, RevenueProcessor.RefundsByCohort).Select(key =>
        {
            var (currency, cohort) = Split(key);
            return Row(
                currency,
                cohort,
                Number(total, RevenueProcessor.GrossByCohort, key) ?? 0,
                Number(total, RevenueProcessor.RefundsByCohort, key) ?? 0,
                null,
                Number(total, RevenueProcessor.PayersByCohort, cohort) ?? 0,
                Number(total, RevenueProcessor.ActiveByCohort, cohort));
        }),
    ];

    private static SortedSet<string> Dimensions(Pane total, params ReadOnlySpan<string> names)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in total.Metrics.Keys)
        {
            if (names.Contains(key.Name) && key.Dimension != Pane.Other)
            {
                found.Add(key.Dimension);
            }
        }

        return found;
    }

    private static RevenueRow Row(string currency, string? of, long gross, long refunds, long? purchases, long? payers, long? active)
    {
        var net = gross - refunds;
        return new RevenueRow(
            currency,
            Currencies.DecimalsOf(currency),
            of,
            gross,
            refunds,
            net,
            purchases,
            payers,
            active,
            Per(net, active),
            Per(net, payers),
            payers is { } paying ? Per(paying, active) : null);
    }

    private static double? Per(long value, long? players) => players is > 0 ? (double)value / players : null;

    private static long? Number(Pane total, string name, string dimension) =>
        (long?)Statistics.Read(total.Metrics.GetValueOrDefault(new(name, dimension)), Statistic.Value);

    private static (string Currency, string Of) Split(string key)
    {
        var at = key.IndexOf(RevenueProcessor.Separator, StringComparison.Ordinal);
        return (key[..at], key[(at + 1)..]);
    }
}

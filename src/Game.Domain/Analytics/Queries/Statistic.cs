using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Queries;

/// <summary>What is read off a metric.</summary>
public enum Statistic
{
    /// <summary>A count, a number of different ones, or the sum of a distribution.</summary>
    Value,

    /// <summary>How many values a distribution has.</summary>
    Count,

    Mean,
    Min,
    Max,
    P50,
    P90,
    P95,
    P99,
}

/// <summary>Reads metrics.</summary>
public static class Statistics
{
    /// <returns>Null if the metric has no such statistic, or nothing in it.</returns>
    public static double? Read(Metric? metric, Statistic statistic) => metric switch
    {
        Counter counter when statistic == Statistic.Value => counter.Value,
        Distinct distinct when statistic == Statistic.Value => Math.Round(distinct.Sketch.Estimate()),
        AlertList list when statistic == Statistic.Value => list.Total,
        Distribution { Sketch: var sketch } => statistic switch
        {
            Statistic.Value => sketch.Sum,
            Statistic.Count => sketch.Count,
            _ when sketch.Count == 0 => null,
            Statistic.Mean => sketch.Mean,
            Statistic.Min => sketch.Min,
            Statistic.Max => sketch.Max,
            Statistic.P50 => sketch.Quantile(0.5),
            Statistic.P90 => sketch.Quantile(0.9),
            Statistic.P95 => sketch.Quantile(0.95),
            Statistic.P99 => sketch.Quantile(0.99),
            _ => null,
        },
        _ => null,
    };
}

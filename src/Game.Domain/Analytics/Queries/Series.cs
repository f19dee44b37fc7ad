using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Queries;

/// <summary>A window's value. <paramref name="Final"/>: nothing is expected to be added to it any more.</summary>
public sealed record SeriesPoint(DateTimeOffset Start, DateTimeOffset End, double? Value, bool Final);

/// <summary>Windows along a time: tumbling if they are one pane long, hopping by one pane if longer.</summary>
public static class Series
{
    /// <param name="panes">At least those that the windows are made of.</param>
    /// <param name="resolution">How long a pane is.</param>
    /// <param name="length">Panes of a window, at least 1.</param>
    /// <param name="from">Start of the first window, minutes since 1970; a multiple of the pane.</param>
    /// <param name="to">Before it the last window starts.</param>
    /// <param name="key">The metric.</param>
    /// <param name="statistic">What of it.</param>
    /// <param name="watermark">Up to when windows are final.</param>
    public static IReadOnlyList<SeriesPoint> Read(
        PaneSet panes,
        Resolution resolution,
        int length,
        long from,
        long to,
        MetricKey key,
        Statistic statistic,
        DateTimeOffset? watermark)
    {
        var pane = Resolutions.PaneOf(resolution);
        var points = new List<SeriesPoint>();
        for (var start = from; start < to; start += pane)
        {
            var end = Resolutions.TimeOf(start + (length * pane));
            points.Add(new SeriesPoint(
                Resolutions.TimeOf(start), end, Statistics.Read(Sum(panes, key, start, pane, length), statistic), end <= watermark));
        }

        return points;
    }

    /// <summary>All panes as one.</summary>
    public static Pane Total(PaneSet panes)
    {
        var total = new Pane();
        foreach (var pane in panes.Panes.Values)
        {
            total.Merge(pane);
        }

        return total;
    }

    private static Metric? Sum(PaneSet panes, MetricKey key, long start, long pane, int length)
    {
        var sum = new Pane();
        for (var i = 0; i < length; i++)
        {
            if (panes.Panes.TryGetValue(start + (i * pane), out var one) && one.Metrics.TryGetValue(key, out var metric))
            {
                sum.Merge(key, metric);
            }
        }

        return sum.Metrics.GetValueOrDefault(key);
    }
}

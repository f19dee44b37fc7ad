using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Game.Integration.Tests.Ledger;

/// <summary>Compares every count, sum and window of a shard, as an operator reads them, with the shard's book.</summary>
/// <param name="generation">Which generation is asked for; null: the one that is shown.</param>
internal sealed class AnalyticsAudit(HttpClient http, string shard, ActionBook book, int? generation = null)
{
    private const int HoppingPanes = 5;
    private static readonly (string Name, long Minutes)[] Resolutions = [("minute", 1), ("hour", 60), ("day", 1440)];

    private readonly List<string> _wrong = [];
    private readonly string _generation = generation is null ? "" : $"&generation={generation}";
    private long _compared;

    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>Values compared, those that must be absent not counted.</summary>
    public long Compared => _compared;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var minutes = book.Lines.Values.SelectMany(line => line.Keys).ToList();
        var (first, last) = (minutes.Min(), minutes.Max());
        var hopping = book.Lines.Keys.Where(line => !line.DailyOnly).GroupBy(line => (line.Processor, line.Metric))
            .Select(metric => metric.First()).ToHashSet();
        foreach (var metric in book.Lines.Keys.GroupBy(line => (line.Processor, line.Metric)))
        {
            await CompareDimensionsAsync(metric.Key.Processor, metric.Key.Metric, [.. metric], first, last, cancellationToken);
        }

        await Parallel.ForEachAsync(
            book.Lines,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (line, cancelled) =>
            {
                foreach (var (resolution, pane) in Resolutions.Where(resolution => !line.Key.DailyOnly || resolution.Name == "day"))
                {
                    await CompareAsync(line.Key, Sum(line.Value, pane, 1), resolution, pane, 1, (first, last), cancelled);
                }

                if (hopping.Contains(line.Key))
                {
                    await CompareAsync(line.Key, Sum(line.Value, 1, HoppingPanes), "minute", 1, HoppingPanes, (first, last), cancelled);
                }
            });
    }

    /// <summary>By the start of windows of so many panes.</summary>
    private static Dictionary<long, Tally> Sum(Dictionary<long, Tally> minutes, long pane, int panes)
    {
        var sums = new Dictionary<long, Tally>();
        foreach (var (minute, tally) in minutes)
        {
            for (var i = 0; i < panes; i++)
            {
                var start = (minute / pane * pane) - (i * pane);
                if (!sums.TryGetValue(start, out var sum))
                {
                    sums.Add(start, sum = new Tally());
                }

                sum.Add(tally);
            }
        }

        return sums;
    }

    private static IEnumerable<(string Statistic, Func<Tally, long> Of)> StatisticsOf(Measure measure) => measure switch
    {
        Measure.Count => [("value", tally => tally.Sum)],
        Measure.Different => [("value", tally => tally.Different)],
        _ =>
        [
            ("value", tally => tally.Sum), ("count", tally => tally.Count), ("min", tally => tally.Least), ("max", tally => tally.Greatest),
        ],
    };

    private static string TimeOf(long minute) =>
        DateTimeOffset.FromUnixTimeSeconds(minute * 60).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private async Task CompareAsync(
        MetricLine line,
        Dictionary<long, Tally> expected,
        string resolution,
        long pane,
        int window,
        (long First, long Last) range,
        CancellationToken cancellationToken)
    {
        foreach (var (statistic, of) in StatisticsOf(line.Measure))
        {
            var found = await ReadAsync(line, statistic, resolution, pane, window, range, cancellationToken);
            foreach (var start in expected.Keys.Union(found.Keys).Where(start => start >= range.First / pane * pane))
            {
                var should = expected.TryGetValue(start, out var tally) ? of(tally) : (long?)null;
                var has = found.TryGetValue(start, out var value) ? value : (double?)null;
                if (should != has)
                {
                    Complain($"{line} {statistic}, {window} {resolution}(s) from {TimeOf(start)}: {has?.ToString() ?? "nothing"}, not {should?.ToString() ?? "nothing"}");
                }
            }

            Interlocked.Add(ref _compared, expected.Count);
        }
    }

    private async Task<Dictionary<long, double>> ReadAsync(
        MetricLine line,
        string statistic,
        string resolution,
        long pane,
        int window,
        (long First, long Last) range,
        CancellationToken cancellationToken)
    {
        const int PanesOfAnAnswer = 1_440;
        var values = new Dictionary<long, double>();
        var end = (range.Last / pane * pane) + pane;
        for (var from = range.First / pane * pane; from < end; from += PanesOfAnAnswer * pane)
        {
            var to = Math.Min(end, from + (PanesOfAnAnswer * pane));
            var answer = await http.GetFromJsonAsync<JsonElement>(
                $"/v1/analytics/series?shard={shard}&processor={line.Processor}&metric={line.Metric}"
                + $"&dimension={Uri.EscapeDataString(line.Dimension)}&statistic={statistic}&resolution={resolution}&window={window}"
                + $"&from={TimeOf(from)}&to={TimeOf(to)}{_generation}",
                cancellationToken);
            foreach (var point in answer.GetProperty("points").EnumerateArray())
            {
                if (point.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Number)
                {
                    values.Add(point.GetProperty("start").GetDateTimeOffset().ToUnixTimeSeconds() / 60, value.GetDouble());
                }
            }
        }

        return values;
    }

    private async Task CompareDimensionsAsync(
        string processor, string metric, IReadOnlyList<MetricLine> lines, long first, long last, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var answer = await http.GetFromJsonAsync<JsonElement>(
                $"/v1/analytics/breakdown?shard={shard}&processor={processor}&metric={metric}&resolution=day&limit=100"
                + $"&from={TimeOf(first / 1440 * 1440)}&to={TimeOf((last / 1440 * 1440) + 1440)}{_generation}"
                + (cursor.Length > 0 ? $"&cursor={Uri.EscapeDataString(cursor)}" : ""),
                cancellationToken);
            found.AddRange(answer.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("dimension").GetString()!));
            cursor = answer.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }

        foreach (var dimension in found.Except(lines.Select(line => line.Dimension)))
        {
            Complain($"{processor} {metric} has '{dimension}', which nobody sent");
        }
    }

    private void Complain(string what)
    {
        lock (_wrong)
        {
            _wrong.Add($"{shard}: {what}");
        }
    }
}

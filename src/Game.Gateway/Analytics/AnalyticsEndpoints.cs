using System.Globalization;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Queries;
using Game.Domain.Analytics.Windows;
using Game.Gateway.Http;

namespace Game.Gateway.Analytics;

/// <summary>Questions to analytics, for operators: on the management port, under <c>/v1/analytics</c>.</summary>
internal static class AnalyticsEndpoints
{
    private const string AnomalyList = "anomalies";

    /// <param name="management">Behind the operator's login.</param>
    public static void Map(RouteGroupBuilder management)
    {
        management.MapGet("/analytics", () => Results.Stream(
            typeof(AnalyticsEndpoints).Assembly.GetManifestResourceStream("analytics.html")!, "text/html; charset=utf-8"));
        var analytics = management.MapGroup("/v1/analytics").AddEndpointFilterFactory(RequestGuard.Create);
        analytics.MapGet("/metrics", ListMetrics);
        analytics.MapGet("/status", GetStatusAsync);
        analytics.MapGet("/series", GetSeriesAsync);
        analytics.MapGet("/breakdown", GetBreakdownAsync);
        analytics.MapGet("/balance", GetBalanceAsync);
        analytics.MapGet("/revenue", GetRevenueAsync);
        analytics.MapGet("/funnels", GetFunnelsAsync);
        analytics.MapGet("/retention", GetRetentionAsync);
        analytics.MapGet("/anomalies", ListAnomaliesAsync);
    }

    private static IResult ListMetrics() => Reply.Ok(new
    {
        Processors = ProcessorCatalog.All.Select(processor => new { processor.Name, processor.Metrics }),
    });

    private static async Task<IResult> GetStatusAsync(
        string? shard, QueryNumber? generation, AnalyticsServices services, CancellationToken cancellationToken)
    {
        if (services.Read(null, null, null, shard, generation, out var query) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var buckets = await services.Reader.ReadBucketsAsync(query, cancellationToken);
        var generations = (await services.Reader.ReadGenerationsAsync(query.Shards, cancellationToken))
            .ToDictionary(of => of.Shard, of => query.Generation ?? of.Generations.Shown, StringComparer.Ordinal);
        return Reply.Ok(new { Generations = generations, Watermark = services.Reader.WatermarkOf(buckets), Buckets = buckets });
    }

    private static async Task<IResult> GetSeriesAsync(
        string? processor,
        string? metric,
        string? dimension,
        string? statistic,
        string? from,
        string? to,
        string? resolution,
        QueryNumber? window,
        string? shard,
        QueryNumber? generation,
        AnalyticsServices services,
        CancellationToken cancellationToken)
    {
        var kind = Statistic.Value;
        var badLength = QueryNumber.Read(window, "window", 1, 168, 1, out var length);
        var badQuery = services.Read(from, to, resolution, shard, generation, out var query);
        if ((CheckMetric(processor, metric, out _) ?? badLength ?? badQuery ?? ReadStatistic(statistic, out kind)) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var panes = await services.Reader.ReadAsync(query, processor!, (int)length - 1, cancellationToken);
        var buckets = await services.Reader.ReadBucketsAsync(query, cancellationToken);
        var watermark = services.Reader.WatermarkOf(buckets);
        return Reply.Ok(new
        {
            Processor = processor,
            Metric = metric,
            Dimension = dimension ?? "",
            Statistic = kind,
            query.Resolution,
            Window = length,
            Watermark = watermark,
            Points = Series.Read(
                panes, query.Resolution, (int)length, query.From, query.To, new MetricKey(metric!, dimension ?? ""), kind, watermark),
        });
    }

    private static async Task<IResult> GetBreakdownAsync(
        string? processor,
        string? metric,
        string? from,
        string? to,
        string? resolution,
        string? shard,
        QueryNumber? generation,
        QueryNumber? limit,
        string? cursor,
        AnalyticsServices services,
        CancellationToken cancellationToken)
    {
        var list = $"breakdown/{processor}/{metric}";
        var badPage = PageRequest.ReadNumbered(list, limit, cursor, out var page);
        var badQuery = services.Read(from, to, resolution, shard, generation, out var query);
        if ((CheckMetric(processor, metric, out _) ?? badPage ?? badQuery) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var total = Series.Total(await services.Reader.ReadAsync(query, processor!, 0, cancellationToken));
        var rows = total.Metrics.Where(entry => entry.Key.Name == metric)
            .Select(entry => new BreakdownRow(
                entry.Key.Dimension,
                Statistics.Read(entry.Value, Statistic.Value),
                Statistics.Read(entry.Value, Statistic.Count),
                Statistics.Read(entry.Value, Statistic.Mean),
                Statistics.Read(entry.Value, Statistic.P50),
                Statistics.Read(entry.Value, Statistic.P95),
                Statistics.Read(entry.Value, Statistic.P99)))
            .OrderByDescending(row => row.Value)
            .ThenBy(row => row.Dimension, StringComparer.Ordinal);
        return Paged(list, rows, page);
    }

    private static Task<IResult> GetBalanceAsync(
        string? by, string? from, string? to, string? resolution, string? shard, QueryNumber? generation,
        QueryNumber? limit, string? cursor, AnalyticsServices services, CancellationToken cancellationToken) => TableAsync<BalanceRow>(
        "balance",
        by ?? "skill",
        new() { ["skill"] = BalanceTable.Skills, ["item"] = BalanceTable.Items, ["war"] = BalanceTable.Wars },
        services.Read(from, to, resolution ?? "day", shard, generation, out var query),
        query,
        limit,
        cursor,
        services,
        cancellationToken);

    private static Task<IResult> GetRevenueAsync(
        string? by, string? from, string? to, string? resolution, string? shard, QueryNumber? generation,
        QueryNumber? limit, string? cursor, AnalyticsServices services, CancellationToken cancellationToken) => TableAsync<RevenueRow>(
        "revenue",
        by ?? "currency",
        new() { ["currency"] = RevenueTable.ByCurrency, ["product"] = RevenueTable.ByProduct, ["cohort"] = RevenueTable.ByCohort },
        services.Read(from, to, resolution ?? "day", shard, generation, out var query),
        query,
        limit,
        cursor,
        services,
        cancellationToken);

    private static Task<IResult> GetFunnelsAsync(
        string? from, string? to, string? resolution, string? shard, QueryNumber? generation,
        QueryNumber? limit, string? cursor, AnalyticsServices services, CancellationToken cancellationToken) => TableAsync<FunnelRow>(
        "behaviour",
        "funnel",
        new() { ["funnel"] = BehaviourTables.Funnels },
        services.Read(from, to, resolution ?? "day", shard, generation, out var query),
        query,
        limit,
        cursor,
        services,
        cancellationToken);

    private static async Task<IResult> GetRetentionAsync(
        string? from, string? to, string? shard, QueryNumber? generation,
        QueryNumber? limit, string? cursor, AnalyticsServices services, CancellationToken cancellationToken)
    {
        var badPage = PageRequest.ReadNumbered("retention", limit, cursor, out var page);
        if ((services.Read(from, to, "day", shard, generation, out var query) ?? badPage) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var days = await services.Reader.ReadAsync(query, "behaviour", 0, cancellationToken);
        return Paged("retention", BehaviourTables.Retention(days, query.To - Resolutions.PaneOf(Resolution.Day)), page);
    }

    private static async Task<IResult> ListAnomaliesAsync(
        string? reason, string? from, string? to, string? resolution, string? shard, QueryNumber? generation,
        QueryNumber? limit, string? cursor, AnalyticsServices services, CancellationToken cancellationToken)
    {
        var list = $"{AnomalyList}/{reason}";
        var badPage = PageRequest.ReadNumbered(list, limit, cursor, out var page);
        if ((services.Read(from, to, resolution ?? "hour", shard, generation, out var query) ?? badPage) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var panes = await services.Reader.ReadAsync(query, "anomalies", 0, cancellationToken);
        var alerts = panes.Panes.Values.SelectMany(pane => pane.Metrics.Values.OfType<AlertList>()).SelectMany(alerts => alerts.Alerts)
            .Where(alert => reason is null || alert.Reason == reason)
            .OrderByDescending(alert => alert.At)
            .ThenBy(alert => alert);
        return Paged(list, alerts, page);
    }

    private static async Task<IResult> TableAsync<TRow>(
        string processor,
        string by,
        Dictionary<string, Func<Pane, IReadOnlyList<TRow>>> tables,
        Problem? badQuery,
        AnalyticsQuery query,
        QueryNumber? limit,
        string? cursor,
        AnalyticsServices services,
        CancellationToken cancellationToken)
    {
        var list = $"{processor}/{by}";
        var problem = tables.TryGetValue(by, out var table) ? null : Problem.Invalid("by", string.Join(" or ", tables.Keys));
        var badPage = PageRequest.ReadNumbered(list, limit, cursor, out var page);
        return (problem ?? badQuery ?? badPage) is { } refused
            ? Reply.Refused(refused)
            : Paged(list, table!(Series.Total(await services.Reader.ReadAsync(query, processor, 0, cancellationToken))), page);
    }

    /// <summary>A page of rows that are computed anew for each: the cursor is the number of the last row.</summary>
    private static IResult Paged<T>(string list, IEnumerable<T> rows, PageRequest page)
    {
        var numbered = rows.Select((row, i) => (Row: row, Number: i + 1))
            .Where(row => row.Number > page.AfterNumber)
            .Take(page.CountAndOne)
            .ToList();
        var cut = page.Of(list, numbered, row => row.Number.ToString(CultureInfo.InvariantCulture));
        return Reply.Ok(new Page<T>([.. cut.Items.Select(row => row.Row)], cut.NextCursor));
    }

    private static Problem? CheckMetric(string? processor, string? metric, out MetricDefinition? definition)
    {
        var found = ProcessorCatalog.Find(processor);
        definition = found?.Metrics.FirstOrDefault(candidate => candidate.Name == metric);
        return found is null ? Problem.Invalid("processor", $"one of {string.Join(", ", ProcessorCatalog.All.Select(known => known.Name))}")
            : definition is null ? Problem.Invalid("metric", $"one of {string.Join(", ", found.Metrics.Select(known => known.Name))}")
            : null;
    }

    private static Problem? ReadStatistic(string? text, out Statistic statistic)
    {
        statistic = Statistic.Value;
        return text is null
            || (Enum.TryParse(text, ignoreCase: true, out statistic) && Enum.IsDefined(statistic) && !char.IsAsciiDigit(text[0]))
            ? null
            : Problem.Invalid("statistic", string.Join(", ", Enum.GetNames<Statistic>().Select(name => name.ToLowerInvariant())));
    }

    private sealed record BreakdownRow(string Dimension, double? Value, double? Count, double? Mean, double? P50, double? P95, double? P99);
}

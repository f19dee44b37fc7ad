using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Game.Gateway.Management;

/// <summary>What the meters of the game, of Orleans and of the runtime measure in this process, for Prometheus to scrape.</summary>
internal static class MetricsExport
{
    private static readonly double[] Seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly double[] Milliseconds = [.. Seconds.Select(bound => bound * 1000)];

    /// <summary>For sizes and counts: powers of two up to 4096.</summary>
    private static readonly double[] Counts = [.. Enumerable.Range(0, 13).Select(power => (double)(1 << power))];

    public static void Add(IServiceCollection services) => services.AddOpenTelemetry().WithMetrics(metrics => metrics
        .AddMeter("Game.*", "Microsoft.Orleans", "System.Runtime")
        .AddView(BucketsOf)
        .AddPrometheusExporter(options =>
        {
            // A name tells what is measured; the meter it comes from is no label that a query needs.
            options.ScopeInfoEnabled = false;
            options.ScrapeResponseCacheDurationMilliseconds = 0;
        }));

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(WithoutLogin.Instance).ExcludeFromDescription();

    /// <summary>The exporter's own bounds are for milliseconds, whatever the unit.</summary>
    private static ExplicitBucketHistogramConfiguration? BucketsOf(Instrument instrument)
    {
        var type = instrument.GetType();
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Histogram<>)
            ? new ExplicitBucketHistogramConfiguration
            {
                Boundaries = instrument.Unit switch
                {
                    "s" => Seconds,
                    "ms" => Milliseconds,
                    _ => Counts,
                },
            }
            : null;
    }
}

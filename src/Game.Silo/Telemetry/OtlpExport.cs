using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Game.Silo.Telemetry;

/// <summary>
/// Sends traces and metrics to a collector over OTLP, if the environment names one. The exporter's own variables apply:
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>…_PROTOCOL</c>, <c>…_HEADERS</c>, <c>OTEL_TRACES_SAMPLER</c> and their kin.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private OtlpExport(ResourceBuilder resource)
    {
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddAspNetCoreInstrumentation()
            .AddSource("Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime", "Npgsql", "Game.Broadcast")
            .AddOtlpExporter()
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("Game.*", "Microsoft.Orleans", "System.Runtime", "Npgsql")
            .AddOtlpExporter()
            .Build();
    }

    /// <summary>Whether a collector is named; without one nobody looks at traces.</summary>
    public static bool IsUsed => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint));

    /// <returns>Null if no collector is named.</returns>
    public static OtlpExport? Start(IReadOnlyList<string> shards) =>
        !IsUsed
            ? null
            : new OtlpExport(ResourceBuilder.CreateDefault()
                .AddService(
                    "game-silo",
                    serviceVersion: typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
                .AddAttributes([new("game.shards", string.Join(',', shards))])
                .AddEnvironmentVariableDetector());

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}

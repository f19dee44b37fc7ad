using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Game.Gateway.Management;

/// <summary>Gathers what the meters of the game and of the runtime measure, for Prometheus. Safe for concurrent use.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private static readonly double[] Seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly double[] Milliseconds = [.. Seconds.Select(bound => bound * 1000)];

    /// <summary>For sizes and counts: powers of two up to 4096.</summary>
    private static readonly double[] Counts = [.. Enumerable.Range(0, 13).Select(power => (double)(1 << power))];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<MetricFamily, byte> _observed = new();
    private readonly Lock _collecting = new();

    public MetricsCollector()
    {
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Record((double)value, tags, state));
        _listener.Start();
    }

    public string Write()
    {
        lock (_collecting)
        {
            Observe();
            var output = new StringBuilder();
            foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                family.Write(output);
            }

            return output.ToString();
        }
    }

    /// <summary>The sum over all series of a metric as Prometheus names it; 0 if there is none.</summary>
    public double Sum(string name) => _families.TryGetValue(name, out var family) ? family.Sum : 0;

    public void Dispose() => _listener.Dispose();

    private void Observe()
    {
        foreach (var family in _observed.Keys)
        {
            family.Clear();
        }

        _listener.RecordObservableInstruments();
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        var meter = instrument.Meter.Name;
        if (!meter.StartsWith("Game.", StringComparison.Ordinal) && meter is not ("System.Runtime" or "Microsoft.Orleans"))
        {
            return;
        }

        var type = instrument.GetType().GetGenericTypeDefinition();
        var kind = type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : type == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
        var name = PrometheusText.NameOf(instrument.Name, instrument.Unit, kind);
        var family = _families.GetOrAdd(name, _ => new MetricFamily(name, instrument.Description ?? "", kind, kind == MetricKind.Histogram ? BoundsOf(instrument.Unit) : []));
        if (instrument.IsObservable)
        {
            _observed.TryAdd(family, 0);
        }

        listener.EnableMeasurementEvents(instrument, new Target(family, type == typeof(Gauge<>)));
    }

    private static double[] BoundsOf(string? unit) => unit switch
    {
        "s" => Seconds,
        "ms" => Milliseconds,
        _ => Counts,
    };

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var target = (Target)state!;
        target.Family.Record(value, tags, target.Replace);
    }

    /// <summary>Where an instrument's measurements go; a plain gauge's replace each other, all others add up.</summary>
    private sealed record Target(MetricFamily Family, bool Replace);
}

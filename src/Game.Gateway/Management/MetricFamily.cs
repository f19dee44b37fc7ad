using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Game.Gateway.Management;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>
/// All series of one metric name, whichever meter they come from: instruments of the same name add up. Bounded in series;
/// what is over the bound shares one. Safe for concurrent use.
/// </summary>
internal sealed class MetricFamily(string name, string help, MetricKind kind, IReadOnlyList<double> bounds)
{
    private const int MaxSeries = 2_000;

    private readonly ConcurrentDictionary<TagValues, Series> _series = new();

    public string Name { get; } = name;

    /// <summary>Sum of all series: a counter's total.</summary>
    public double Sum => _series.Values.Sum(series => series.Value);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool replace)
    {
        var key = TagValues.Of(tags);
        if (!_series.TryGetValue(key, out var series))
        {
            series = _series.Count < MaxSeries
                ? _series.GetOrAdd(key, new Series(Labels(tags), bounds.Count))
                : _series.GetOrAdd(TagValues.Overflow, new Series("overflow=\"true\"", bounds.Count));
        }

        series.Record(value, kind == MetricKind.Histogram ? bounds : null, replace);
    }

    /// <summary>Observed values are asked for anew at every collection: old ones do not linger.</summary>
    public void Clear() => _series.Clear();

    public void Write(StringBuilder output)
    {
        // Also without a series: what has not happened yet is there to be found.
        output.Append("# HELP ").Append(Name).Append(' ').Append(help.Replace("\\", "\\\\").Replace("\n", " ")).Append('\n');
        output.Append("# TYPE ").Append(Name).Append(' ').Append(kind.ToString().ToLowerInvariant()).Append('\n');
        foreach (var series in _series.Values.OrderBy(series => series.Labels, StringComparer.Ordinal))
        {
            series.Write(output, Name, kind == MetricKind.Histogram ? bounds : null);
        }
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.Append(labels.Length == 0 ? "" : ",")
                .Append(PrometheusText.NameOf(key))
                .Append("=\"")
                .Append(text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n"))
                .Append('"');
        }

        return labels.ToString();
    }

    /// <summary>The values of up to three tags as a key without building text; more are joined.</summary>
    private readonly record struct TagValues(object? First, object? Second, object? Third, int Count)
    {
        public static readonly TagValues Overflow = new(null, null, null, -1);

        public static TagValues Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length switch
        {
            0 => default,
            1 => new(tags[0].Value, null, null, 1),
            2 => new(tags[0].Value, tags[1].Value, null, 2),
            3 => new(tags[0].Value, tags[1].Value, tags[2].Value, 3),
            _ => new(Labels(tags), null, null, tags.Length),
        };
    }

    private sealed class Series(string labels, int bounds)
    {
        private readonly Lock _lock = new();
        private readonly long[] _buckets = new long[bounds];
        private long _count;

        public string Labels { get; } = labels;

        public double Value { get; private set; }

        public void Record(double value, IReadOnlyList<double>? limits, bool replace)
        {
            lock (_lock)
            {
                Value = replace ? value : Value + value;
                _count++;
                for (var i = 0; i < limits?.Count; i++)
                {
                    if (value <= limits[i])
                    {
                        _buckets[i]++;
                    }
                }
            }
        }

        public void Write(StringBuilder output, string name, IReadOnlyList<double>? limits)
        {
            lock (_lock)
            {
                if (limits is null)
                {
                    PrometheusText.Sample(output, name, Labels, Value);
                    return;
                }

                var comma = Labels.Length == 0 ? "" : ",";
                for (var i = 0; i < limits.Count; i++)
                {
                    PrometheusText.Sample(output, $"{name}_bucket", $"{Labels}{comma}le=\"{PrometheusText.Number(limits[i])}\"", _buckets[i]);
                }

                PrometheusText.Sample(output, $"{name}_bucket", $"{Labels}{comma}le=\"+Inf\"", _count);
                PrometheusText.Sample(output, $"{name}_sum", Labels, Value);
                PrometheusText.Sample(output, $"{name}_count", Labels, _count);
            }
        }
    }
}

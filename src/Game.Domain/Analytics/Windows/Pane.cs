using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Windows;

/// <summary>A metric of a pane: its name, and of what (a skill, a currency), empty if it has no dimension.</summary>
public readonly record struct MetricKey(string Name, string Dimension) : IComparable<MetricKey>
{
    public int CompareTo(MetricKey other)
    {
        var byName = string.CompareOrdinal(Name, other.Name);
        return byName != 0 ? byName : string.CompareOrdinal(Dimension, other.Dimension);
    }
}

/// <summary>The metrics of one processor over one stretch of time. Not thread-safe.</summary>
public sealed class Pane
{
    /// <summary>Keys beyond this many count together as <see cref="Other"/>: nobody fills a silo by making up names.</summary>
    public const int MaxKeys = 2_000;

    public const string Other = "~other";

    private readonly Dictionary<MetricKey, Metric> _metrics = [];

    public IReadOnlyDictionary<MetricKey, Metric> Metrics => _metrics;

    public TMetric Get<TMetric>(string name, string dimension = "")
        where TMetric : Metric, new()
    {
        var key = new MetricKey(name, dimension);
        if (!_metrics.TryGetValue(key, out var metric))
        {
            key = Admit(key);
            if (!_metrics.TryGetValue(key, out metric))
            {
                _metrics.Add(key, metric = new TMetric());
            }
        }

        return metric as TMetric ?? throw new InvalidDataException($"{name} is a {metric.GetType().Name}, not a {typeof(TMetric).Name}.");
    }

    public void Merge(MetricKey key, Metric other)
    {
        if (!_metrics.TryGetValue(key, out var metric))
        {
            key = Admit(key);
            if (!_metrics.TryGetValue(key, out metric))
            {
                _metrics.Add(key, metric = Metric.Of(other.Tag));
            }
        }

        metric.Merge(other);
    }

    public void Merge(Pane other)
    {
        foreach (var (key, metric) in other._metrics)
        {
            Merge(key, metric);
        }
    }

    internal void Write(ByteWriter writer)
    {
        writer.WriteVarint(_metrics.Count);
        foreach (var (key, metric) in _metrics.OrderBy(entry => entry.Key))
        {
            writer.WriteText(key.Name);
            writer.WriteText(key.Dimension);
            writer.WriteByte(metric.Tag);
            metric.Write(writer);
        }
    }

    /// <summary>Merges what was written: nothing is left of the difference between a read pane and a computed one.</summary>
    internal void MergeFrom(ref ByteReader reader)
    {
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            var key = new MetricKey(string.Intern(reader.ReadText()), reader.ReadText());
            var metric = Metric.Of(reader.ReadByte());
            metric.Read(ref reader);
            if (_metrics.Count < MaxKeys && !_metrics.ContainsKey(key))
            {
                _metrics.Add(key, metric);
            }
            else
            {
                Merge(key, metric);
            }
        }
    }

    private MetricKey Admit(MetricKey key) =>
        _metrics.Count < MaxKeys || key.Dimension.Length == 0 ? key : key with { Dimension = Other };
}

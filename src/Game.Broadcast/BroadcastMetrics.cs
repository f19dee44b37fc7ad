using System.Diagnostics.Metrics;

namespace Game.Broadcast;

/// <summary>What every bus counts, on the meter <c>Game.Broadcast</c>. Safe for concurrent use.</summary>
public sealed class BroadcastMetrics : IDisposable
{
    public const string MeterName = "Game.Broadcast";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _published;
    private readonly Counter<long> _unconfirmed;
    private readonly Histogram<double> _confirmTime;
    private readonly Counter<long> _settled;

    /// <param name="depths">The depth of every queue this bus knows, asked for when the gauges are read.</param>
    public BroadcastMetrics(Func<IEnumerable<(string Queue, QueueDepth Depth)>> depths)
    {
        _published = _meter.CreateCounter<long>("broadcast.published", "{message}", "Messages confirmed.");
        _unconfirmed = _meter.CreateCounter<long>("broadcast.unconfirmed", "{message}", "Messages whose publish failed.");
        _confirmTime = _meter.CreateHistogram<double>("broadcast.confirm.duration", "s", "From a publish to its confirm.");
        _settled = _meter.CreateCounter<long>("broadcast.settled", "{delivery}", "Deliveries by queue and what became of them.");
        _meter.CreateObservableGauge("broadcast.queue.ready", () => Measure(depths(), depth => depth.Ready), "{message}");
        _meter.CreateObservableGauge("broadcast.queue.unacknowledged", () => Measure(depths(), depth => depth.Unacknowledged), "{message}");
        _meter.CreateObservableGauge("broadcast.queue.dead_letters", () => Measure(depths(), depth => depth.DeadLetters), "{message}");
    }

    public void Published(TimeSpan confirmTime)
    {
        _published.Add(1);
        _confirmTime.Record(confirmTime.TotalSeconds);
    }

    public void Unconfirmed() => _unconfirmed.Add(1);

    /// <param name="queue">The queue.</param>
    /// <param name="outcome">acknowledged, postponed, retried, rejected or expired; and dead_lettered, beside the delivery that caused it.</param>
    /// <param name="count">How many.</param>
    public void Settled(string queue, string outcome, int count)
    {
        if (count > 0)
        {
            _settled.Add(count, new("queue", queue), new("outcome", outcome));
        }
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Measure(
        IEnumerable<(string Queue, QueueDepth Depth)> depths, Func<QueueDepth, long> part) =>
        depths.Select(entry => new Measurement<long>(part(entry.Depth), new KeyValuePair<string, object?>("queue", entry.Queue)));
}

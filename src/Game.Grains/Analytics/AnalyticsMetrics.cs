using System.Diagnostics.Metrics;

namespace Game.Grains.Analytics;

/// <summary>What analytics counts about itself, on the meter <c>Game.Analytics</c>. Safe for concurrent use.</summary>
public sealed class AnalyticsMetrics : IDisposable
{
    public const string MeterName = "Game.Analytics";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _taken;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _folded;
    private readonly Counter<long> _refolded;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _told;
    private readonly Counter<long> _relayFailures;
    private readonly Gauge<long> _relayLag;
    private readonly Counter<long> _recomputed;
    private readonly Gauge<long> _recomputeLag;
    private readonly UpDownCounter<long> _reporting;
    private readonly Histogram<double> _foldDuration;

    public AnalyticsMetrics()
    {
        _taken = _meter.CreateCounter<long>("analytics.actions.taken", "{action}", "Actions that the stream has taken.");
        _dropped = _meter.CreateCounter<long>("analytics.actions.dropped", "{action}", "Actions that never reached the stream, by why.");
        _folded = _meter.CreateCounter<long>("analytics.actions.folded", "{action}", "Actions delivered and durable in every window.");
        _refolded = _meter.CreateCounter<long>(
            "analytics.batches.refolded", "{batch}", "Batches folded again because windows were ahead of their bucket.");
        _skipped = _meter.CreateCounter<long>(
            "analytics.deliveries.skipped", "{delivery}", "Deliveries that the stream gave up: what they held is missing in every window.");
        _told = _meter.CreateCounter<long>("analytics.relay.told", "{action}", "Actions of the log that the stream has taken.");
        _relayFailures = _meter.CreateCounter<long>(
            "analytics.relay.failures", "{failure}", "Attempts in vain to tell the stream what the log holds, by shard.");
        _relayLag = _meter.CreateGauge<long>("analytics.relay.lag", "{event}", "Events of the log not yet looked at, by shard.");
        _recomputed = _meter.CreateCounter<long>("analytics.recompute.folded", "{action}", "Actions of the topic folded into a new generation.");
        _recomputeLag = _meter.CreateGauge<long>(
            "analytics.recompute.lag", "{record}", "Records of the topic not yet folded into the generation being computed, by shard.");
        _reporting = _meter.CreateUpDownCounter<long>(
            "analytics.receipts.reporting", "{receipt}", "Receipts whose revenue is on its way to the stream.");
        _foldDuration = _meter.CreateHistogram<double>(
            "analytics.fold.duration", "s", "From a batch's delivery to its being durable in every window.");
    }

    public void Taken(int actions) => _taken.Add(actions);

    public void Dropped(string why, int actions = 1) => _dropped.Add(actions, new KeyValuePair<string, object?>("why", why));

    public void Folded(int actions, TimeSpan duration)
    {
        _folded.Add(actions);
        _foldDuration.Record(duration.TotalSeconds);
    }

    public void Refolded() => _refolded.Add(1);

    public void Told(int actions) => _told.Add(actions);

    public void RelayFailed(string shard) => _relayFailures.Add(1, new KeyValuePair<string, object?>("shard", shard));

    public void SetRelayLag(string shard, long events) => _relayLag.Record(events, new KeyValuePair<string, object?>("shard", shard));

    public void Recomputed(int actions) => _recomputed.Add(actions);

    public void SetRecomputeLag(string shard, long records) => _recomputeLag.Record(records, new KeyValuePair<string, object?>("shard", shard));

    public void Reporting(int change) => _reporting.Add(change);

    public void Skipped() => _skipped.Add(1);

    public void Dispose() => _meter.Dispose();
}

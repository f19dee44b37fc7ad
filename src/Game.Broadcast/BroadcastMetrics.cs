using System.Diagnostics.Metrics;

namespace Game.Broadcast;

/// <summary>What every bus counts, on the meter <c>Game.Broadcast</c>. Safe for concurrent use.</summary>
public sealed class BroadcastMetrics : IDisposable
{
    public const string MeterName = "Game.Broadcast";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _published;
    private readonly Histogram<double> _confirmTime;
    private readonly Counter<long> _settled;
    private readonly Counter<long> _returned;
    private long _unconfirmed;

    /// <param name="depths">The depth of every queue this bus knows, asked for when the gauges are read.</param>
    /// <param name="health">How the bus fares, asked for when the gauges are read.</param>
    public BroadcastMetrics(Func<IEnumerable<(string Queue, QueueDepth Depth)>> depths, Func<BusHealth> health)
    {
        _published = _meter.CreateCounter<long>("broadcast.published", "{message}", "Messages confirmed.");

        // Observed, so that it is shown from the start: an alert on its rate must see the first failure as a rise.
        _meter.CreateObservableCounter("broadcast.unconfirmed", () => Volatile.Read(ref _unconfirmed), "{message}", "Messages whose publish failed.");
        _confirmTime = _meter.CreateHistogram<double>("broadcast.confirm.duration", "s", "From a publish to its confirm.");
        _settled = _meter.CreateCounter<long>("broadcast.settled", "{delivery}", "Deliveries by queue and what became of them.");
        _returned = _meter.CreateCounter<long>("broadcast.returned", "{message}", "Messages that no queue was bound for, by exchange.");
        _meter.CreateObservableGauge("broadcast.connected", () => health().Connected ? 1 : 0, description: "1: the broker can be reached and lets this process in.");
        _meter.CreateObservableGauge("broadcast.blocked", () => health().Blocked ? 1 : 0, description: "1: the broker takes no messages for now.");
        _meter.CreateObservableGauge("broadcast.unconfirmed.now", () => health().Unconfirmed, "{message}", "Publishes that wait for their confirm.");
        _meter.CreateObservableGauge("broadcast.queue.ready", () => Measure(depths(), depth => depth.Ready), "{message}");
        _meter.CreateObservableGauge("broadcast.queue.unacknowledged", () => Measure(depths(), depth => depth.Unacknowledged), "{message}");
        _meter.CreateObservableGauge("broadcast.queue.dead_letters", () => Measure(depths(), depth => depth.DeadLetters), "{message}");
    }

    public void Published(TimeSpan confirmTime)
    {
        _published.Add(1);
        _confirmTime.Record(confirmTime.TotalSeconds);
    }

    public void Unconfirmed() => Interlocked.Increment(ref _unconfirmed);

    public void Returned(string exchange) => _returned.Add(1, new KeyValuePair<string, object?>("exchange", exchange));

    /// <param name="queue">The queue.</param>
    /// <param name="outcome">What became of the deliveries.</param>
    /// <param name="count">How many.</param>
    public void Settled(string queue, DeliveryOutcome outcome, int count) => Count(queue, Describe(outcome), count);

    /// <summary>Beside the deliveries that caused it.</summary>
    public void DeadLettered(string queue, int count) => Count(queue, "dead_lettered", count);

    public void Dispose() => _meter.Dispose();

    private void Count(string queue, string outcome, int count)
    {
        if (count > 0)
        {
            _settled.Add(count, new("queue", queue), new("outcome", outcome));
        }
    }

    private static string Describe(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Acknowledged => "acknowledged",
        DeliveryOutcome.Postponed => "postponed",
        DeliveryOutcome.Retried => "retried",
        DeliveryOutcome.Rejected => "rejected",
        DeliveryOutcome.Expired => "expired",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "A batch ends with everything settled."),
    };

    private static IEnumerable<Measurement<long>> Measure(
        IEnumerable<(string Queue, QueueDepth Depth)> depths, Func<QueueDepth, long> part) =>
        depths.Select(entry => new Measurement<long>(part(entry.Depth), new KeyValuePair<string, object?>("queue", entry.Queue)));
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Game.Grains.Analytics;

namespace Game.Gateway.Tests.Harness;

/// <summary>
/// What is on its way from the action streams of this process into windows, by what the shards count themselves. What a shard that was
/// stopped had on its way never arrives: it no longer counts.
/// </summary>
internal static class AnalyticsTraffic
{
    private static readonly ConcurrentDictionary<Meter, Traffic> Shards = new();
    private static readonly MeterListener Listener = Listen();

    /// <summary>Of each shard by itself: one that is ahead must not make up for one that is behind.</summary>
    public static bool IsQuiet => Shards.Values.All(shard => shard.UnderWay == 0);

    /// <summary>To be called before the first shard starts.</summary>
    public static void Watch() => Assert.NotNull(Listener);

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == AnalyticsMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument, Shards.GetOrAdd(instrument.Meter, _ => new Traffic()));
                }
            },
            MeasurementsCompleted = (instrument, _) => Shards.TryRemove(instrument.Meter, out var _),
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, shard) => ((Traffic)shard!).Add(instrument.Name switch
        {
            "analytics.actions.taken" or "analytics.receipts.reporting" => value,
            "analytics.actions.folded" => -value,
            _ => 0,
        }));
        listener.Start();
        return listener;
    }

    private sealed class Traffic
    {
        private long _underWay;

        public long UnderWay => Interlocked.Read(ref _underWay);

        public void Add(long change) => Interlocked.Add(ref _underWay, change);
    }
}

using System.Diagnostics.Metrics;
using Game.Grains.Analytics;

namespace Game.Gateway.Tests.Harness;

/// <summary>What is on its way from the action streams of this process into windows, by what the shards count themselves.</summary>
internal static class AnalyticsTraffic
{
    private static readonly MeterListener Listener = Listen();
    private static long _underWay;

    public static bool IsQuiet => Interlocked.Read(ref _underWay) == 0;

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
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Interlocked.Add(ref _underWay, instrument.Name switch
        {
            "analytics.actions.taken" or "analytics.receipts.reporting" => value,
            "analytics.actions.folded" => -value,
            _ => 0,
        }));
        listener.Start();
        return listener;
    }
}

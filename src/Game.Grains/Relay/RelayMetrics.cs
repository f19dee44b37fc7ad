using System.Diagnostics.Metrics;

namespace Game.Grains.Relay;

/// <summary>What the relays of this process count (meter <c>Game.Relay</c>).</summary>
internal static class RelayMetrics
{
    private static readonly Meter Meter = new("Game.Relay");

    private static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "game.relay.published", "{event}", "Events of the log confirmed by the topic, by shard.");

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "game.relay.failures", "{failure}", "Attempts to publish the log in vain, by shard.");

    private static readonly Gauge<long> Lag = Meter.CreateGauge<long>(
        "game.relay.lag", "{event}", "Events of the log not yet published, by shard.");

    public static void OnPublished(string shard, int events) => Published.Add(events, Tag(shard));

    public static void OnFailure(string shard) => Failures.Add(1, Tag(shard));

    public static void SetLag(string shard, long events) => Lag.Record(events, Tag(shard));

    private static KeyValuePair<string, object?> Tag(string shard) => new("shard", shard);
}

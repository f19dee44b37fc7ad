using System.Diagnostics.Metrics;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Game.Streaming.Kafka.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Streaming.Tests.Telemetry;

public sealed class MetricsSamplerTests(KafkaFixture kafka)
{
    [Fact]
    public async Task Samples_hold_what_the_meters_counted_in_their_interval()
    {
        var topic = await kafka.CreateTopicAsync();
        await using var writer = topic.OpenWriter();
        using var meter = new Meter("Game.Test");
        meter.CreateObservableGauge("gateway.sessions", () => 42);
        var frames = meter.CreateCounter<long>("gateway.frames");
        var durations = meter.CreateHistogram<double>("game.event_store.append.duration");
        var clock = new SteppedClock();
        await using (MetricsSampler.Start(writer, topic.Name, "server-1", ["s01"], TimeSpan.FromHours(1), () => 7, clock))
        {
            frames.Add(30);
            for (var i = 1; i <= 100; i++)
            {
                durations.Record(i / 1000.0);
            }

            // The interval under way is written at the end.
            clock.Now += TimeSpan.FromSeconds(2);
        }

        await using var reader = topic.Read();
        var record = Assert.Single(await reader.TakeAsync(1));
        var sample = (ServerMetrics)TelemetryCodec.Instance.Decode(record);
        Assert.Equal(("server-1", "server-1", 42, 7), (record.KeyText, sample.Server, sample.Connections, sample.LogsDropped));
        Assert.Equal(["s01"], sample.Shards);
        Assert.Equal((2, 15), (sample.Seconds, sample.PacketsInPerSecond));
        Assert.InRange(sample.CommitMilliseconds!.P50, 45, 55);
        Assert.InRange(sample.CommitMilliseconds.P99, 89, 109);
        Assert.Null(sample.RequestMilliseconds);
        Assert.Null(sample.DatabaseConnections);
        Assert.InRange(sample.MemoryBytes, 1_000_000, long.MaxValue);
    }

    [Fact]
    public async Task With_the_broker_away_samples_are_dropped_beyond_the_queue_and_counted()
    {
        await using var writer = RecordWriter.Open(
            new KafkaOptions { BootstrapServers = $"127.0.0.1:{LocalPort.Free()}" },
            new RecordWriterOptions { MaxQueuedRecords = 1, MaxWaitingCalls = 0, CloseTimeout = TimeSpan.FromMilliseconds(100) },
            TimeProvider.System,
            NullLogger<RecordWriter>.Instance);
        for (var i = 0; i < 3; i++)
        {
            await using (MetricsSampler.Start(writer, "metrics", "server-1", [], TimeSpan.FromHours(1), () => 0, TimeProvider.System))
            {
                // Writes one sample when it ends.
            }
        }

        Assert.Equal((1, 2), (writer.Counters.Queued, writer.Counters.Refused));
    }

    [Fact]
    public void An_interval_below_a_second_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => MetricsSampler.Start(null!, "metrics", "server-1", [], TimeSpan.FromMilliseconds(999), () => 0, TimeProvider.System));

    /// <summary>Stands still until it is moved.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.UtcTicks;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

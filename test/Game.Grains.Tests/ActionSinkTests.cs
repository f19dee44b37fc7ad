using System.Diagnostics.Metrics;
using Game.Contracts.Analytics;
using Game.Contracts.Identity;
using Game.Grains.Analytics;

namespace Game.Grains.Tests;

/// <summary>Telling what players do never holds up play.</summary>
public sealed class ActionSinkTests
{
    private static readonly string Player = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();

    [Fact]
    public async Task Actions_ReachTheirWindows()
    {
        await using var world = await TestWorld.StartAsync(1);
        using var metrics = new AnalyticsMetrics();
        var sink = new StreamActionSink(world.Grains("s01"), metrics);

        for (var i = 0; i < 200; i++)
        {
            Assert.True(sink.TryWrite(ActionOf(i)));
        }

        await TestWorld.UntilAsync(
            () => world.Grains("s01").GetGrain<IActionStreamGrain>(ActionStreams.BucketOf(Player)).GetStatusAsync(),
            status => status.Counters.Counted == 200);
    }

    [Fact]
    public async Task WhatIsTooMuch_IsDroppedAndCounted()
    {
        await using var world = await TestWorld.StartAsync(1);
        using var metrics = new AnalyticsMetrics();
        using var dropped = new Dropped();

        Assert.False(new StreamActionSink(world.Grains("s01"), metrics, maxUnderWay: 0).TryWrite(ActionOf(1)));
        Assert.True(dropped.Full > 0);
    }

    [Fact]
    public async Task AShardThatIsAway_DisturbsNobody()
    {
        var world = await TestWorld.StartAsync(1);
        using var metrics = new AnalyticsMetrics();
        using var dropped = new Dropped();
        var sink = new StreamActionSink(world.Grains("s01"), metrics);
        await world.DisposeAsync();

        Assert.True(sink.TryWrite(ActionOf(1)));
        await TestWorld.UntilAsync(() => Task.FromResult(dropped.Failed), failed => failed > 0);
    }

    private static PlayerAction ActionOf(int i) => new($"source-{i}", Player, "s01", ActionKind.Chatted, DateTimeOffset.UtcNow);

    /// <summary>What sinks of this process have dropped since.</summary>
    private sealed class Dropped : IDisposable
    {
        private readonly MeterListener _listener;
        private long _full;
        private long _failed;

        public Dropped()
        {
            _listener = new MeterListener
            {
                InstrumentPublished = (instrument, listener) =>
                {
                    if (instrument.Name == "analytics.actions.dropped")
                    {
                        listener.EnableMeasurementEvents(instrument);
                    }
                },
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
                Interlocked.Add(ref tags[0].Value is "full" ? ref _full : ref _failed, value));
            _listener.Start();
        }

        public long Full => Interlocked.Read(ref _full);

        public long Failed => Interlocked.Read(ref _failed);

        public void Dispose() => _listener.Dispose();
    }
}

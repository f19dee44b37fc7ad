using System.Diagnostics.Metrics;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Management;

public sealed class MetricsTests(GatewayFixture fixture)
{
    [Theory]
    [InlineData("s", "_seconds", 0.3, "0.5")]
    [InlineData("ms", "_milliseconds", 300, "500")]
    [InlineData("{write}", "", 300, "512")]
    public async Task Histogram_HasBucketsThatFitItsUnit(string unit, string suffix, double value, string bound)
    {
        using var meter = new Meter("Game.Test");
        var name = $"test.size.{Guid.NewGuid():N}";
        meter.CreateHistogram<double>(name, unit).Record(value);

        var buckets = (await ShownAsync()).Where(line => line.StartsWith($"{name.Replace('.', '_')}{suffix}_bucket{{", StringComparison.Ordinal));
        var first = buckets.First(line => line.EndsWith(" 1", StringComparison.Ordinal) || line.Contains(" 1 ", StringComparison.Ordinal));
        Assert.Contains($"le=\"{bound}\"", first, StringComparison.Ordinal);
    }

    /// <summary>
    /// Alerts and dashboards ask by these names. Orleans' are looked for where a silo has a process to itself (Game.Deployment.Tests): its
    /// meter is a silo's own, and another silo's end takes it from this process's page.
    /// </summary>
    [Fact]
    public async Task Names_HaveUnits_AndTotalWhereTheyOnlyGrow()
    {
        var player = await fixture.Gateway.RegisterAsync();
        await player.GetAsync("/v1/players/me");
        await player.GetAsync("/v1/players/nobody");
        await using var session = await player.ConnectAsync();
        await session.AskForAsync("pong", "ping");
        var types = (await ShownAsync()).Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).ToList();
        Assert.Contains("# TYPE gateway_requests_total counter", types);
        Assert.Contains("# TYPE gateway_request_duration_seconds histogram", types);
        Assert.Contains("# TYPE gateway_refusals_total counter", types);
        Assert.Contains("# TYPE gateway_frames_total counter", types);
        Assert.Contains("# TYPE gateway_sessions gauge", types);
        Assert.Contains("# TYPE game_event_store_append_duration_seconds histogram", types);
        Assert.Contains("# TYPE dotnet_gc_pause_time_seconds_total counter", types);
        Assert.Contains("# TYPE dotnet_process_memory_working_set_bytes gauge", types);
    }

    /// <summary>A process may have several gateways, one after the other or side by side.</summary>
    [Fact]
    public async Task Numbers_AreShownOn_WhenAnotherGatewayOfTheProcessEnds()
    {
        var player = await fixture.Gateway.RegisterAsync();
        await using (var other = await TestGateway.StartAsync(shards: fixture.Gateway.Shards))
        {
            await other.RegisterAsync();
        }

        // What is not shown any more is shown one last time.
        await ShownAsync();
        await player.GetAsync("/v1/players/me");
        Assert.Contains("# TYPE gateway_requests_total counter", await ShownAsync());
    }

    private async Task<string[]> ShownAsync() =>
        (await fixture.Gateway.Management.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Split('\n');
}

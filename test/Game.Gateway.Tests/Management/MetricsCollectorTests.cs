using System.Diagnostics.Metrics;
using Game.Gateway.Management;

namespace Game.Gateway.Tests.Management;

public sealed class MetricsCollectorTests
{
    [Theory]
    [InlineData("s", 0.3, "0.5")]
    [InlineData("ms", 300, "500")]
    [InlineData("{write}", 300, "512")]
    public void Histogram_HasBucketsThatFitItsUnit(string unit, double value, string bound)
    {
        using var collector = new MetricsCollector();
        using var meter = new Meter("Game.Test");
        meter.CreateHistogram<double>("test.size", unit).Record(value);

        var buckets = collector.Write().Split('\n').Where(line => line.StartsWith("test_size", StringComparison.Ordinal))
            .Where(line => line.Contains("_bucket", StringComparison.Ordinal)).ToList();
        var first = buckets.First(line => line.EndsWith(" 1", StringComparison.Ordinal));
        Assert.Contains($"le=\"{bound}\"", first, StringComparison.Ordinal);
    }
}

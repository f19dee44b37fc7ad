using System.Diagnostics;
using System.Text.Json;
using Game.Cli.Load;

namespace Game.Integration.Tests;

/// <summary><c>./game load</c> on a real silo, and how it counts.</summary>
public sealed class LoadTests
{
    [Fact]
    public async Task Load_on_a_running_world_is_answered_and_told()
    {
        using var silo = new Silo();
        using var process = silo.Start();
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);

        var start = new ProcessStartInfo(
            "dotnet", [typeof(LatencyHistogram).Assembly.Location, "load", "--url", addresses.Gateway.ToString(), "--players", "4", "--for", "3", "--rate", "40"])
        {
            RedirectStandardOutput = true,
        };
        using var load = Process.Start(start)!;
        var said = await load.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await load.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.StopAsync();

        Assert.True(load.ExitCode == 0, said);
        using var last = JsonDocument.Parse(said.TrimEnd().Split('\n')[^1]);
        Assert.Equal(120, last.RootElement.GetProperty("operations").GetInt32());
        Assert.Equal(0, last.RootElement.GetProperty("errors").GetInt32());
        var strike = last.RootElement.GetProperty("latencies_ms").GetProperty("strike");
        Assert.InRange(strike.GetProperty("p50").GetDouble(), 0.01, strike.GetProperty("max").GetDouble());
    }

    [Fact]
    public void Percentiles_are_those_of_the_sorted_values_to_a_thousandth()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var histogram = new LatencyHistogram();
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20)).Order().ToArray();
        foreach (var value in values)
        {
            histogram.Record(TimeSpan.FromMicroseconds(value));
        }

        foreach (var quantile in new[] { 0.00001, 0.1, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            var exact = values[(int)Math.Ceiling(values.Length * quantile) - 1];
            var told = histogram.At(quantile).TotalMicroseconds;
            Assert.True(told >= exact && told <= exact * 1.001 + 1, $"Seed {seed}: {quantile} is {exact} µs, told as {told}.");
        }

        Assert.Equal(values[^1], histogram.Max.TotalMicroseconds);
        Assert.Equal(values.Length, histogram.Count);
    }

    [Fact]
    public void Without_a_value_every_percentile_is_zero() => Assert.Equal(TimeSpan.Zero, new LatencyHistogram().At(0.99));
}

using System.Diagnostics;
using Xunit;

namespace Game.Simulation.Tests;

/// <summary>
/// Random wars over many shards, each a world on a virtual clock. <c>SIM_SEEDS</c>: how many (800). <c>SIM_SEED</c>: the
/// first one; alone it runs just that.
/// </summary>
public sealed class SimulationTests
{
    private const int DefaultSeeds = 800;
    private const int EnoughFailures = 10;

    [Fact]
    public void EveryWorld_ComesToRest_WithAllRulesKept()
    {
        var chosen = Environment.GetEnvironmentVariable("SIM_SEED");
        var first = chosen is null ? 1 : int.Parse(chosen, null);
        var count = Environment.GetEnvironmentVariable("SIM_SEEDS") is { } seeds ? int.Parse(seeds, null) : chosen is null ? DefaultSeeds : 1;
        var started = Stopwatch.StartNew();
        var failures = new List<(int Seed, Exception Exception)>();
        var sum = new SeedResult("", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        Parallel.For(first, first + count, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, (seed, loop) =>
        {
            try
            {
                var result = SeedRun.Execute(seed);
                lock (failures)
                {
                    sum += result;
                }
            }
            catch (RuleBrokenException exception)
            {
                lock (failures)
                {
                    failures.Add((seed, exception));
                    if (failures.Count == EnoughFailures)
                    {
                        loop.Break();
                    }
                }
            }
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Seeds {first} to {first + count - 1}: {sum}, in {started.Elapsed.TotalSeconds:0} s.");
        if (failures.Count > 0)
        {
            failures.Sort((a, b) => a.Seed.CompareTo(b.Seed));
            Assert.Fail(
                string.Join('\n', failures.Select(failure => $"Seed {failure.Seed}: {failure.Exception.InnerException!.Message}"))
                + $"\n\n{failures[0].Exception.Message}");
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1234)]
    public async Task SameSeed_RunsTheSameWay_AlsoInAnotherProcess(int seed)
    {
        var here = SeedRun.Execute(seed);
        Assert.Equal(here, SeedRun.Execute(seed));

        using var child = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Game.Simulation.Tests" + (OperatingSystem.IsWindows() ? ".exe" : "")),
            [SeedRun.Argument, $"{seed}"])
        {
            RedirectStandardOutput = true,
        })!;
        var there = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(here.Hash, there.Trim());
    }
}

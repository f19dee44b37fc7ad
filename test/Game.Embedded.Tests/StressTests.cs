using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Game.Embedded.Tests;

/// <summary>Random traffic: nothing is lost, repeated or run at the same time as something else of the same grain.</summary>
public sealed class StressTests
{
    [Fact]
    public async Task ThreadPool_RandomTraffic_NothingLostRepeatedOrOverlapping()
    {
        for (var round = 0; round < 10; round++)
        {
            var seed = Random.Shared.Next();
            var world = new World();
            await using var silo = Traffic.CreateSilo(world);
            var errors = await Traffic.RunAsync(silo, world, seed, clients: 16, commands: 400, Task.Run);
            Assert.True(errors.Count == 0, $"seed {seed}: {string.Join("; ", errors.Take(5))}");
        }
    }

    [Fact]
    public void Simulation_RandomTraffic_NothingLostRepeatedOrOverlapping()
    {
        var property = Prop.ForAll(
            ArbMap.Default.ArbFor<int>(),
            seed =>
            {
                var errors = RunSimulated((ulong)(uint)seed, new World(), out _);
                return (errors.Count == 0).Label($"seed {seed}: {string.Join("; ", errors.Take(5))}");
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    [Fact]
    public void Simulation_SameSeed_RunsTheSameWay_AndAnotherSeedAnother()
    {
        World first = new(), again = new(), other = new();
        RunSimulated(11, first, out var firstPrint);
        RunSimulated(11, again, out var againPrint);
        RunSimulated(12, other, out var otherPrint);

        Assert.Equal(first.History, again.History);
        Assert.Equal(firstPrint, againPrint);
        Assert.NotEqual(firstPrint, otherPrint);
        Assert.NotEqual(first.History, other.History);
    }

    internal static IReadOnlyList<string> RunSimulated(ulong seed, World world, out ulong fingerprint)
    {
        var simulation = new SimulationScheduler(seed);
        var silo = Traffic.CreateSilo(world, options => options.Scheduler = simulation);
        var errors = simulation.Run(() => Traffic.RunAsync(silo, world, seed: 5, clients: 6, commands: 30, simulation.Start));
        fingerprint = simulation.Fingerprint;
        return errors;
    }
}

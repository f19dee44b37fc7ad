using Xunit;

namespace Game.Simulation.Tests;

/// <summary>
/// A simulation that finds no planted defect proves nothing. Each must break a rule within the first seeds, far fewer than run in
/// <see cref="SimulationTests"/>. <c>SIM_DEFECT_SEEDS</c>: how many are tried (60).
/// </summary>
public sealed class PlantedDefectTests
{
    private const int DefaultSeeds = 60;

    public static TheoryData<Defect> Planted => [.. Enum.GetValues<Defect>().Where(defect => defect != Defect.None)];

    [Theory]
    [MemberData(nameof(Planted))]
    public void Simulation_WhenADefectIsPlanted_FindsIt(Defect defect)
    {
        var seeds = Environment.GetEnvironmentVariable("SIM_DEFECT_SEEDS") is { } count ? int.Parse(count, null) : DefaultSeeds;
        var found = new SortedDictionary<int, string>();
        var loop = Parallel.For(1, seeds + 1, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, (seed, state) =>
        {
            try
            {
                SeedRun.Execute(seed, defect);
            }
            catch (RuleBrokenException exception) when (exception.InnerException is RuleBrokenException or TimeoutException)
            {
                lock (found)
                {
                    found.Add(seed, exception.InnerException.Message);
                }

                state.Break();
            }
        });

        Assert.True(loop.LowestBreakIteration is not null, $"{defect} is not found in {seeds} seeds: the situation never arises in them.");
        var first = found.First();
        TestContext.Current.TestOutputHelper?.WriteLine($"{defect} is found at seed {first.Key}: {first.Value}");
    }
}

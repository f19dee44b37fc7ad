using Xunit;

namespace Game.GrainModel.Conformance.Reentrancy;

/// <summary>Which requests may run while another awaits.</summary>
public abstract class ReentrancySuite : GrainModelSuite
{
    [Fact]
    public async Task OrdinaryRequest_WaitsForTheOneBefore()
    {
        var grain = Grain<IGateGrain>();
        var first = await BeginAsync(grain.WriteAsync("w1"), "w1");
        var second = grain.WriteAsync("w2");
        await PassProbeAsync(grain);
        Assert.DoesNotContain("w2 begins", JournalOf().Entries);

        Open("w1", "w2");
        await SoonAsync(Task.WhenAll(first, second));
        Assert.Equal(["w1 begins", "w1 ends", "w2 begins", "w2 ends"], WithoutProbes());
    }

    [Fact]
    public async Task ReentrantGrain_InterleavesItsRequests()
    {
        var grain = Grain<IReentrantGateGrain>();
        var first = await BeginAsync(grain.WriteAsync("w1"), "w1");
        var second = await BeginAsync(grain.WriteAsync("w2"), "w2");

        Open("w2");
        await SoonAsync(second);
        Assert.False(first.IsCompleted);
        Open("w1");
        await SoonAsync(first);
    }

    [Fact]
    public async Task AlwaysInterleave_RunsWhateverElseRuns()
    {
        var grain = Grain<IGateGrain>();
        var write = await BeginAsync(grain.WriteAsync("w"), "w");
        var look = await BeginAsync(grain.LookAsync("l"), "l");
        Open("l");
        await SoonAsync(look);
        Open("w");
        await SoonAsync(write);
    }

    [Fact]
    public async Task OrdinaryRequest_RunsBesideAlwaysInterleave()
    {
        var grain = Grain<IGateGrain>();
        var look = await BeginAsync(grain.LookAsync("l"), "l");
        Open("w");
        await SoonAsync(grain.WriteAsync("w"));
        Open("l");
        await SoonAsync(look);
    }

    [Fact]
    public async Task ReadOnlyRequests_InterleaveWithEachOther()
    {
        var grain = Grain<IGateGrain>();
        var first = await BeginAsync(grain.ReadAsync("r1"), "r1");
        var second = await BeginAsync(grain.ReadAsync("r2"), "r2");
        Open("r1", "r2");
        await SoonAsync(Task.WhenAll(first, second));
    }

    [Fact]
    public async Task ReadOnlyRequest_WaitsForAWrite_AndAWriteForIt()
    {
        var grain = Grain<IGateGrain>();
        var write = await BeginAsync(grain.WriteAsync("w1"), "w1");
        var read = grain.ReadAsync("r");
        await PassProbeAsync(grain);
        Assert.DoesNotContain("r begins", JournalOf().Entries);

        Open("w1");
        await BeginAsync(write, "r");
        var after = grain.WriteAsync("w2");
        await PassProbeAsync(grain);
        Assert.DoesNotContain("w2 begins", JournalOf().Entries);

        Open("r", "w2");
        await SoonAsync(Task.WhenAll(write, read, after));
    }

    [Fact]
    public async Task ReadOnlyRequest_MayPassAWriteThatWaits()
    {
        var grain = Grain<IGateGrain>();
        var first = await BeginAsync(grain.ReadAsync("r1"), "r1");
        var write = grain.WriteAsync("w");
        await PassProbeAsync(grain);
        var second = await BeginAsync(grain.ReadAsync("r2"), "r2");
        Assert.DoesNotContain("w begins", JournalOf().Entries);

        Open("r1", "r2", "w");
        await SoonAsync(Task.WhenAll(first, second, write));
    }

    [Fact]
    public async Task CallThatComesBackToItsOwnChain_TimesOut_AndNamesTheGrains()
    {
        var a = Grain<ICircleGrain>("a");
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => SoonAsync(a.GoRoundAsync(Key("b"))));
        Assert.Contains(Key("b"), exception.Message, StringComparison.Ordinal);

        // The call that a made has run out, so a is free, and what came back to it has its turn.
        Assert.Equal("hello", await SoonAsync(a.GreetAsync()));
        Assert.Equal("hello", await SoonAsync(Grain<ICircleGrain>("b").GreetAsync()));
    }

    private async Task<Task> BeginAsync(Task call, string name)
    {
        await JournalOf().WaitForAsync($"{name} begins");
        return call;
    }

    /// <summary>A call that always interleaves: when it has returned, those sent before it have had their chance to begin.</summary>
    private async Task PassProbeAsync(IGateMethods grain)
    {
        Open("probe");
        await SoonAsync(grain.LookAsync("probe"));
    }

    private void Open(params string[] names)
    {
        foreach (var name in names)
        {
            Gate.Of($"{Key()}/{name}").Open();
        }
    }

    private IEnumerable<string> WithoutProbes() => JournalOf().Entries.Where(entry => !entry.StartsWith("probe", StringComparison.Ordinal));
}

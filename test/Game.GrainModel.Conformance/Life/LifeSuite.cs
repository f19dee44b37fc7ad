using Xunit;

namespace Game.GrainModel.Conformance.Life;

/// <summary>Activation and deactivation on request and at shutdown.</summary>
public abstract class LifeSuite : GrainModelSuite
{
    [Fact]
    public async Task FirstCall_ConstructsAndActivatesBeforeItRuns_AndTheConstructorKnowsTheKey()
    {
        await SoonAsync(Grain<ILifeGrain>().GetActivationAsync());
        Assert.Equal([$"constructed {Key()}", "activated", "called"], JournalOf().Entries);
    }

    [Fact]
    public async Task FailedActivation_FailsTheCallsThatWait_AndTheNextCallTriesAnew()
    {
        var grain = Grain<IFragileGrain>();
        var calls = Enumerable.Range(0, 3).Select(_ => grain.GetAsync()).ToList();
        await Gate.Of(Key()).Reached;
        Gate.Of(Key()).Open();

        // One of them made the activation; whether the others reach it before it fails cannot be known across a network.
        var failures = 0;
        foreach (var call in calls)
        {
            try
            {
                Assert.Equal("whole", await SoonAsync(call));
            }
            catch (InvalidTimeZoneException exception)
            {
                Assert.Equal(FragileGrain.StillBroken, exception.Message);
                failures++;
            }
        }

        Assert.InRange(failures, 1, 3);
        Assert.Equal("whole", await SoonAsync(grain.GetAsync()));
        Assert.Equal(["tried", "tried"], JournalOf().Entries);
    }

    [Fact]
    public async Task DeactivateOnIdle_EndsTheActivationAfterTheRequest_AndTheNextCallMakesANewOne()
    {
        var grain = Grain<ILifeGrain>();
        var first = await grain.GetActivationAsync();
        await SoonAsync(grain.DeactivateOnIdleAsync());
        Assert.NotEqual(first, await SoonAsync(grain.GetActivationAsync()));
        Assert.Contains("deactivated ApplicationRequested", JournalOf().Entries);
    }

    [Fact]
    public async Task DeactivateOnIdle_WaitsForTheRequest_AndThoseBehindItGoToTheNextActivation()
    {
        var grain = Grain<ILifeGrain>();
        var first = await grain.GetActivationAsync();
        var leaving = grain.DeactivateAtGateAsync(Key("gate"));
        await GateOf("gate").Reached;
        var behind = Enumerable.Range(0, 5).Select(_ => grain.GetActivationAsync()).ToList();
        GateOf("gate").Open();

        await SoonAsync(leaving);
        var next = await SoonAsync(Task.WhenAll(behind));
        Assert.NotEqual(first, Assert.Single(next.Distinct()));
        Assert.Equal(
            [$"constructed {Key()}", "activated", "called", "passed", "deactivated ApplicationRequested", $"constructed {Key()}", "activated"],
            JournalOf().Entries.Take(7));
    }

    [Fact]
    public async Task Shutdown_FinishesWhatIsRunning_ThenDeactivates()
    {
        var grain = Grain<ILifeGrain>("running");
        await Grain<ILifeGrain>("idle").GetActivationAsync();
        var running = grain.WaitAsync(Key("gate"));
        await GateOf("gate").Reached;

        var stopping = Host.StopAsync();
        await JournalOf("idle").WaitForAsync("deactivated ShuttingDown");
        GateOf("gate").Open();
        await SoonAsync(running);
        await SoonAsync(stopping);
        Assert.Equal(["passed", "deactivated ShuttingDown"], JournalOf("running").Entries.TakeLast(2));
    }

    [Fact]
    public async Task Restart_StartsWithNothingActive()
    {
        var before = await Grain<ILifeGrain>().GetActivationAsync();
        await SoonAsync(Host.RestartAsync());
        Assert.NotEqual(before, await SoonAsync(Grain<ILifeGrain>().GetActivationAsync()));
        Assert.Contains("deactivated ShuttingDown", JournalOf().Entries);
    }
}

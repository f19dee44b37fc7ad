using Xunit;

namespace Game.GrainModel.Conformance.Life;

/// <summary>Collection of idle activations. Runs on the real clock, with an age of two seconds.</summary>
public abstract class CollectionSuite : GrainModelSuite
{
    protected override GrainModelSettings Settings => new()
    {
        CollectionAge = TimeSpan.FromSeconds(2),
        CollectionQuantum = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task IdleActivation_IsCollected_AndOneThatIsToStayIsNot()
    {
        var idle = await Grain<ILifeGrain>("idle").GetActivationAsync();
        await Grain<ILifeGrain>("stays").StayAsync(TimeSpan.FromMinutes(5));
        var running = Grain<ILifeGrain>("running").WaitAsync(Key("gate"));

        await JournalOf("idle").WaitForAsync("deactivated ActivationIdle");

        Assert.NotEqual(idle, await SoonAsync(Grain<ILifeGrain>("idle").GetActivationAsync()));
        Assert.DoesNotContain(JournalOf("stays").Entries, entry => entry.StartsWith("deactivated", StringComparison.Ordinal));
        GateOf("gate").Open();
        await SoonAsync(running);
        Assert.DoesNotContain(JournalOf("running").Entries, entry => entry.StartsWith("deactivated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithdrawnDelay_LetsTheActivationGo()
    {
        var grain = Grain<ILifeGrain>();
        await grain.StayAsync(TimeSpan.FromMinutes(5));
        await grain.StayAsync(TimeSpan.FromSeconds(-1));
        await JournalOf().WaitForAsync("deactivated ActivationIdle");
    }
}

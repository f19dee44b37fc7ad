using Xunit;

namespace Game.GrainModel.Conformance.Timers;

/// <summary>Grain timers. Runs on the real clock.</summary>
public abstract class TimerSuite : GrainModelSuite
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Timer_TicksAgainAndAgain()
    {
        await Grain<ITimerGrain>().StartAsync(Soon, Soon, new TimerBehaviour());
        await JournalOf().WaitForAsync(3);
    }

    [Fact]
    public async Task InfinitePeriod_TicksOnce()
    {
        var grain = Grain<ITimerGrain>();
        await grain.StartAsync(TimeSpan.Zero, Timeout.InfiniteTimeSpan, new TimerBehaviour());
        await JournalOf().WaitForAsync("tick");
        var other = Grain<ITimerGrain>("other");
        await other.StartAsync(Soon, Soon, new TimerBehaviour());
        await JournalOf("other").WaitForAsync(3);
        Assert.Equal(1, await grain.GetTicksAsync());
    }

    [Fact]
    public async Task InfiniteDueTime_NeverTicks_UntilChanged()
    {
        var grain = Grain<ITimerGrain>();
        await grain.StartAsync(Timeout.InfiniteTimeSpan, Soon, new TimerBehaviour());
        var other = Grain<ITimerGrain>("other");
        await other.StartAsync(Soon, Soon, new TimerBehaviour());
        await JournalOf("other").WaitForAsync(3);
        Assert.Equal(0, await grain.GetTicksAsync());

        await grain.ChangeAsync(Soon, Soon);
        await JournalOf().WaitForAsync(2);
    }

    [Fact]
    public async Task Ticks_DoNotOverlap_AndThePeriodCountsFromTheirEnd()
    {
        var grain = Grain<ITimerGrain>();
        await grain.StartAsync(TimeSpan.Zero, TimeSpan.Zero, new TimerBehaviour(Gate: Key("gate"), Interleave: true));
        await GateOf("gate").Reached;
        var other = Grain<ITimerGrain>("other");
        await other.StartAsync(Soon, Soon, new TimerBehaviour());
        await JournalOf("other").WaitForAsync(3);
        Assert.Equal(1, await grain.GetTicksAsync());

        GateOf("gate").Open();
        await JournalOf().WaitForAsync(entries => entries.Count(entry => entry == "tock") >= 2);
        Assert.Equal(["tick", "tock", "tick", "tock"], JournalOf().Entries.Take(4));
        await grain.StopAsync();
    }

    [Fact]
    public async Task Tick_WaitsForARequest_AndARequestForIt()
    {
        var grain = Grain<ITimerGrain>();
        var hold = grain.StartAndHoldAsync(new TimerBehaviour(Gate: Key("tick")), Key("hold"));
        await GateOf("hold").Reached;
        var other = Grain<ITimerGrain>("other");
        await other.StartAsync(Soon, Soon, new TimerBehaviour());
        await JournalOf("other").WaitForAsync(3);
        Assert.Equal(["hold begins"], JournalOf().Entries);

        GateOf("hold").Open();
        await SoonAsync(hold);
        await GateOf("tick").Reached;
        var second = grain.HoldAsync(Key("hold"));
        await grain.GetTicksAsync();
        Assert.Equal(["hold begins", "hold ends", "tick"], JournalOf().Entries);

        GateOf("tick").Open();
        await SoonAsync(second);
        Assert.Equal(["hold begins", "hold ends", "tick", "tock", "hold begins", "hold ends"], JournalOf().Entries);
    }

    [Fact]
    public async Task InterleavingTick_DoesNotWaitForARequest()
    {
        var grain = Grain<ITimerGrain>();
        var hold = grain.StartAndHoldAsync(new TimerBehaviour(Interleave: true), Key("hold"));
        await JournalOf().WaitForAsync("tick");
        GateOf("hold").Open();
        await SoonAsync(hold);
        Assert.Equal(["hold begins", "tick", "hold ends"], JournalOf().Entries);
    }

    [Fact]
    public async Task FailingTick_DoesNotEndTheTimer()
    {
        await Grain<ITimerGrain>().StartAsync(Soon, Soon, new TimerBehaviour(Throws: true));
        await JournalOf().WaitForAsync(3);
    }

    [Fact]
    public async Task DisposedTimer_TicksNoMore_AndCancelsTheTickUnderWay()
    {
        var grain = Grain<ITimerGrain>();
        await grain.StartAsync(TimeSpan.Zero, Soon, new TimerBehaviour(Gate: Key("gate"), Interleave: true));
        await GateOf("gate").Reached;
        await grain.StopAsync();
        Assert.Equal(["tick", "tick cancelled"], JournalOf().Entries);

        GateOf("gate").Open();
        var other = Grain<ITimerGrain>("other");
        await other.StartAsync(Soon, Soon, new TimerBehaviour());
        await JournalOf("other").WaitForAsync(3);
        Assert.Equal(1, await grain.GetTicksAsync());
    }

    [Fact]
    public async Task Timer_EndsWithItsActivation()
    {
        var grain = Grain<ITimerGrain>();
        await grain.StartAsync(Soon, Soon, new TimerBehaviour());
        await JournalOf().WaitForAsync("tick");
        await SoonAsync(grain.DeactivateOnIdleAsync());
        await JournalOf().WaitForAsync("deactivated ApplicationRequested");
        var ticks = JournalOf().Entries.Count(entry => entry == "tick");
        Assert.Equal(0, await SoonAsync(grain.GetTicksAsync()));

        var other = Grain<ITimerGrain>("other");
        await other.StartAsync(Soon, Soon, new TimerBehaviour());
        await JournalOf("other").WaitForAsync(3);
        Assert.Equal(ticks, JournalOf().Entries.Count(entry => entry == "tick"));
    }

    [Fact]
    public async Task NegativeTimes_AreRefused() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Grain<ITimerGrain>().StartAsync(TimeSpan.FromSeconds(-5), Soon, new TimerBehaviour()));
}

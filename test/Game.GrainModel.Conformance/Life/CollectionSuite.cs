using Game.GrainModel.Conformance.Timers;
using Xunit;

namespace Game.GrainModel.Conformance.Life;

/// <summary>Collection of idle activations. Runs on the real clock, with an age of two seconds.</summary>
public abstract class CollectionSuite : GrainModelSuite
{
    private const string Collected = "deactivated ActivationIdle";

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

        await JournalOf("idle").WaitForAsync(Collected);

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
        await JournalOf().WaitForAsync(Collected);
    }

    [Fact]
    public async Task Ticks_KeepTheActivationAlive_OnlyIfAsked()
    {
        var period = Settings.CollectionAge / 10;
        for (var attempt = 1; ; attempt++)
        {
            var (kept, left) = ($"kept{attempt}", $"left{attempt}");
            JournalOf(kept).Add("asked");
            await Grain<ITimerGrain>(kept).StartAsync(period, period, new TimerBehaviour(KeepAlive: true));
            await Grain<ITimerGrain>(left).StartAsync(period, period, new TimerBehaviour());
            await JournalOf(left).WaitForAsync(Collected);

            // It goes on, or was collected at the same time.
            var ticks = JournalOf(kept).Entries.Count;
            await JournalOf(kept).WaitForAsync(entries => entries.Contains(Collected) || entries.Count > ticks + 1);
            if (JournalOf(kept).LongestPauseUntil(Collected) is not { } pause)
            {
                break;
            }

            // Rightly collected if the machine let no timer tick for as long as the age: then again. Ticks that keep nothing alive go on
            // until then, without such a pause.
            Assert.True(
                pause > Settings.CollectionAge / 2 && attempt < 10, $"Collected at attempt {attempt} although no pause was longer than {pause}.");
        }
    }
}

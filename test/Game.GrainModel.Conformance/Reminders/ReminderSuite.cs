using Xunit;

namespace Game.GrainModel.Conformance.Reminders;

/// <summary>Durable reminders. Runs on the real clock.</summary>
public abstract class ReminderSuite : GrainModelSuite
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Reminder_TicksAgainAndAgain_AlsoWithoutAnActivation()
    {
        var grain = Grain<IReminderGrain>();
        await grain.RegisterAsync("r", Soon, Soon);
        await JournalOf().WaitForAsync(1);
        await grain.DeactivateOnIdleAsync();
        await JournalOf().WaitForAsync(3);
        Assert.All(JournalOf().Entries, entry => Assert.Equal("r", entry));
    }

    [Fact]
    public async Task Reminder_SurvivesARestart()
    {
        await Grain<IReminderGrain>().RegisterAsync("r", Soon, Soon);
        await JournalOf().WaitForAsync(1);
        await SoonAsync(Host.RestartAsync());
        var before = JournalOf().Entries.Count;
        await JournalOf().WaitForAsync(before + 2);
        Assert.Equal("r", await SoonAsync(Grain<IReminderGrain>().GetNamesAsync()));
    }

    [Fact]
    public async Task UnregisteredReminder_TicksNoMore_AlsoAfterARestart()
    {
        var grain = Grain<IReminderGrain>();
        await grain.RegisterAsync("r", Soon, Soon);
        await JournalOf().WaitForAsync(1);
        Assert.True(await SoonAsync(grain.UnregisterAsync("r")));
        Assert.False(await SoonAsync(grain.UnregisterAsync("r")));
        var ticks = JournalOf().Entries.Count;

        await SoonAsync(Host.RestartAsync());
        await Grain<IReminderGrain>("other").RegisterAsync("r", Soon, Soon);
        await JournalOf("other").WaitForAsync(3);
        Assert.InRange(JournalOf().Entries.Count, ticks, ticks + 1);
    }

    [Fact]
    public async Task SameName_ReplacesTheReminder_AndNamesAreApart()
    {
        var grain = Grain<IReminderGrain>();
        await grain.RegisterAsync("a", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.RegisterAsync("b", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.RegisterAsync("a", Soon, Soon);
        Assert.Equal("a,b", await grain.GetNamesAsync());
        await JournalOf().WaitForAsync(2);
        Assert.All(JournalOf().Entries, entry => Assert.Equal("a", entry));
    }

    [Fact]
    public async Task FailingTick_DoesNotEndTheReminder()
    {
        await Grain<IReminderGrain>().RegisterAsync("failing", Soon, Soon);
        await JournalOf().WaitForAsync(3);
    }

    [Fact]
    public async Task PeriodBelowTheMinimum_NegativeTimes_AndOtherGrains_AreRefused()
    {
        var grain = Grain<IReminderGrain>();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => grain.RegisterAsync("r", Soon, TimeSpan.FromMilliseconds(1)));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => grain.RegisterAsync("r", TimeSpan.FromSeconds(-5), Soon));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => grain.RegisterAsync(" ", Soon, Soon));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Grain<INotRemindableGrain>().RegisterAsync());
    }
}

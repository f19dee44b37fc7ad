namespace Game.GrainModel.Conformance.Reminders;

[Alias("conformance.IReminderGrain")]
public interface IReminderGrain : IGrainWithStringKey
{
    [Alias("Register")]
    Task RegisterAsync(string name, TimeSpan due, TimeSpan period);

    /// <returns>Whether there was one.</returns>
    [Alias("Unregister")]
    Task<bool> UnregisterAsync(string name);

    [Alias("GetNames")]
    Task<string> GetNamesAsync();

    [Alias("DeactivateOnIdle")]
    Task DeactivateOnIdleAsync();
}

/// <summary>A grain that writes down its reminders' ticks.</summary>
public sealed class ReminderGrain : Grain, IReminderGrain, IRemindable
{
    public Task RegisterAsync(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> UnregisterAsync(string name)
    {
        if (await this.GetReminder(name) is not { } reminder)
        {
            return false;
        }

        await this.UnregisterReminder(reminder);
        return true;
    }

    public async Task<string> GetNamesAsync() =>
        string.Join(",", (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order(StringComparer.Ordinal));

    public Task DeactivateOnIdleAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var late = status.CurrentTickTime - status.FirstTickTime;
        Journal.Of(this.GetPrimaryKeyString()).Add(late >= TimeSpan.FromMilliseconds(-50) ? reminderName : $"{reminderName} too early");
        return reminderName.StartsWith("failing", StringComparison.Ordinal)
            ? throw new InvalidOperationException("The reminder failed.")
            : Task.CompletedTask;
    }
}

[Alias("conformance.INotRemindableGrain")]
public interface INotRemindableGrain : IGrainWithStringKey
{
    [Alias("Register")]
    Task RegisterAsync();
}

public sealed class NotRemindableGrain : Grain, INotRemindableGrain
{
    public Task RegisterAsync() => this.RegisterOrUpdateReminder("r", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
}

namespace Game.Grains;

/// <summary>
/// How grains keep what they have to do: a timer calls at the instant while the grain is active, and a reminder brings it back if its
/// silo died. Both only say that it is time; the rules decide what is due.
/// </summary>
internal static class GrainUpkeep
{
    /// <summary>How soon a grain is back whose silo died, at the latest.</summary>
    private static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);

    /// <summary>Keeps a reminder. To be awaited before what makes it necessary is stored: then somebody comes back for that, whatever happens.</summary>
    public static Task KeepReminderAsync<TGrain>(this TGrain grain, string name)
        where TGrain : ShardGrain, IRemindable => grain.RegisterOrUpdateReminder(name, ReminderInterval, ReminderInterval);

    /// <summary>Takes a reminder back if there is one.</summary>
    public static async Task DropReminderAsync<TGrain>(this TGrain grain, string name)
        where TGrain : ShardGrain, IRemindable
    {
        if (await grain.GetReminder(name) is { } reminder)
        {
            await grain.UnregisterReminder(reminder);
        }
    }

    /// <summary>Calls once, between other calls.</summary>
    /// <param name="grain">Who is called.</param>
    /// <param name="wait">For how long it is not; nothing or less: it is at once.</param>
    /// <param name="act">What is called.</param>
    /// <param name="keepAlive">Whether the grain stays active for it.</param>
    public static IGrainTimer CallAfter<TGrain>(
        this TGrain grain, TimeSpan wait, Func<TGrain, CancellationToken, Task> act, bool keepAlive = true)
        where TGrain : ShardGrain => grain.RegisterGrainTimer(
            act,
            grain,
            new GrainTimerCreationOptions
            {
                DueTime = wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
                Period = Timeout.InfiniteTimeSpan,
                KeepAlive = keepAlive,
                Interleave = true,
            });

    /// <summary>Calls again and again while the grain is active, and keeps it so.</summary>
    /// <param name="grain">Who is called.</param>
    /// <param name="due">When for the first time.</param>
    /// <param name="period">From the end of one call to the next.</param>
    /// <param name="act">What is called.</param>
    public static IGrainTimer CallEvery<TGrain>(
        this TGrain grain, TimeSpan due, TimeSpan period, Func<TGrain, CancellationToken, Task> act)
        where TGrain : ShardGrain => grain.RegisterGrainTimer(
            act, grain, new GrainTimerCreationOptions { DueTime = due, Period = period, KeepAlive = true });
}

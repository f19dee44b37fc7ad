namespace Game.Embedded;

/// <summary>A grain that can have reminders.</summary>
public interface IRemindable : IGrain
{
    /// <summary>
    /// A reminder is due. An ordinary request: it activates the grain if needed and waits its turn. An exception is logged;
    /// the next tick comes all the same.
    /// </summary>
    Task ReceiveReminder(string reminderName, TickStatus status);
}

/// <summary>A durable reminder of one grain.</summary>
public interface IGrainReminder
{
    string ReminderName { get; }
}

/// <summary>All times are UTC.</summary>
[GenerateSerializer, Immutable]
public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
{
    /// <summary>When the reminder was first due; ticks are due a whole number of periods later.</summary>
    [Id(0)]
    public DateTime FirstTickTime { get; } = firstTickTime;

    [Id(1)]
    public TimeSpan Period { get; } = period;

    /// <summary>When this tick was sent.</summary>
    [Id(2)]
    public DateTime CurrentTickTime { get; } = timeStamp;

    public override string ToString() => $"<{FirstTickTime:O}, {Period}, {CurrentTickTime:O}>";
}

/// <summary>Durable reminders of the grain. Only inside its own turns.</summary>
public static class GrainReminderExtensions
{
    /// <summary>
    /// Stores a reminder, replacing one of the same name. It ticks first after <paramref name="dueTime"/> and then every
    /// <paramref name="period"/> (at least the host's minimum, 1 minute by default), also after a restart; ticks missed
    /// while the host was down are skipped.
    /// </summary>
    /// <exception cref="InvalidOperationException">The grain is not <see cref="IRemindable"/>.</exception>
    /// <exception cref="ArgumentException">The period is below the minimum.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A negative or infinite time.</exception>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(
        this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(grain);
        if (string.IsNullOrWhiteSpace(reminderName))
        {
            throw new ArgumentNullException(nameof(reminderName));
        }

        if (grain is not IRemindable)
        {
            throw new InvalidOperationException(
                $"{grain.Activation.GrainId} is not {nameof(IRemindable)}, so it cannot have reminders.");
        }

        return grain.Activation.Reminders.RegisterOrUpdateAsync(grain.Activation.GrainId, reminderName, dueTime, period);
    }

    /// <summary>Removes a reminder; removing one that is gone already is no error.</summary>
    public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(grain);
        ArgumentNullException.ThrowIfNull(reminder);
        return grain.Activation.Reminders.UnregisterAsync(grain.Activation.GrainId, reminder);
    }

    /// <summary>The reminder of that name, or null.</summary>
    public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName)
    {
        ArgumentNullException.ThrowIfNull(grain);
        if (string.IsNullOrWhiteSpace(reminderName))
        {
            throw new ArgumentNullException(nameof(reminderName));
        }

        return grain.Activation.Reminders.GetAsync(grain.Activation.GrainId, reminderName);
    }

    public static Task<List<IGrainReminder>> GetReminders(this Grain grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain.Activation.Reminders.GetAllAsync(grain.Activation.GrainId);
    }
}

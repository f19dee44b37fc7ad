using System.Globalization;
using Orleans.Timers;

namespace Game.Simulator;

/// <summary>
/// A silo's reminder service over the product's table. What is due while no silo is there is skipped to the next period, as in
/// Orleans.
/// </summary>
internal sealed class SimulatedReminders(SimulatedSilo silo, IReminderTable table) : IReminderRegistry
{
    private readonly Dictionary<(GrainId Grain, string Name), ITimer> _timers = [];

    public async Task StartAsync()
    {
        await table.StartAsync(CancellationToken.None);
        foreach (var entry in (await table.ReadRows(0, 0)).Reminders)
        {
            Schedule(entry);
        }
    }

    public void Stop()
    {
        foreach (var timer in _timers.Values)
        {
            timer.Dispose();
        }

        _timers.Clear();
    }

    public async Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reminderName);
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        if (period < silo.Options.MinimumReminderPeriod)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"The period {period} is below the minimum {silo.Options.MinimumReminderPeriod}."));
        }

        var entry = new ReminderEntry
        {
            GrainId = callingGrainId,
            ReminderName = reminderName,
            StartAt = silo.Clock.GetUtcNow().UtcDateTime + dueTime,
            Period = period,
        };
        entry.ETag = await table.UpsertRow(entry) ?? throw new ReminderException($"Reminder {reminderName} of {callingGrainId} was not stored.");
        Schedule(entry);
        return new Reminder(entry);
    }

    public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        var entry = ((Reminder)reminder).Entry;
        if (!await table.RemoveRow(callingGrainId, entry.ReminderName, entry.ETag!))
        {
            throw new ReminderException($"Reminder {entry.ReminderName} of {callingGrainId} is not there, or another version of it.");
        }

        if (_timers.Remove((callingGrainId, entry.ReminderName), out var timer))
        {
            await timer.DisposeAsync();
        }
    }

    public async Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
        await table.ReadRow(callingGrainId, reminderName) is { } entry ? new Reminder(entry) : null;

    public async Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
        [.. (await table.ReadRows(callingGrainId)).Reminders.Select(entry => new Reminder(entry))];

    private void Schedule(ReminderEntry entry)
    {
        if (silo.IsDead)
        {
            return;
        }

        var now = silo.Clock.GetUtcNow().UtcDateTime;
        var due = now < entry.StartAt ? entry.StartAt - now : entry.Period - TimeSpan.FromTicks((now - entry.StartAt).Ticks % entry.Period.Ticks);
        var key = (entry.GrainId, entry.ReminderName);
        if (_timers.Remove(key, out var before))
        {
            before.Dispose();
        }

        _timers.Add(key, silo.Clock.CreateTimer(_ => Tick(entry), null, due, entry.Period));
    }

    private void Tick(ReminderEntry entry)
    {
        var status = new TickStatus(entry.StartAt, entry.Period, silo.Clock.GetUtcNow().UtcDateTime);
        _ = silo.Simulation.Start(() => TellAsync(entry, status));
    }

    private async Task TellAsync(ReminderEntry entry, TickStatus status)
    {
        try
        {
            await silo.Grains.GetGrain<IRemindable>(entry.GrainId).ReceiveReminder(entry.ReminderName, status);
        }
        catch (Exception exception)
        {
            // As in Orleans: it is logged, and the next tick comes.
            silo.OnTrouble($"Reminder {entry.ReminderName} of {entry.GrainId} failed: {exception.Message}");
        }
    }

    private sealed class Reminder(ReminderEntry entry) : IGrainReminder
    {
        public ReminderEntry Entry => entry;

        public string ReminderName => entry.ReminderName;
    }
}

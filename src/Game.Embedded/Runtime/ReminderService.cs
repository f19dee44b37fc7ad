namespace Game.Embedded;

/// <summary>
/// Ticks the reminders of one silo. Due times are whole periods after the stored start, so they neither drift nor catch up:
/// what came due while the silo was down is skipped.
/// </summary>
internal sealed class ReminderService(EmbeddedSilo silo) : IReminderRegistry
{
    // Longer waits are made in steps: not every time provider takes them at once.
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(GrainId, string), LocalReminder> _reminders = [];
    private bool _isStopped;

    public void Start(IReadOnlyList<ReminderEntry> entries)
    {
        // Sorted so that a simulation runs the same way whatever order the table gives.
        foreach (var entry in entries.OrderBy(entry => entry.GrainId).ThenBy(entry => entry.ReminderName, StringComparer.Ordinal))
        {
            if (FindClass(entry.GrainId) is null)
            {
                silo.Diagnostics.ReminderOfUnknownGrain(entry);
            }
            else
            {
                Schedule(entry);
            }
        }
    }

    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            foreach (var reminder in _reminders.Values)
            {
                reminder.Timer.Dispose();
            }

            _reminders.Clear();
        }
    }

    public async Task<IGrainReminder> RegisterOrUpdateAsync(GrainId grainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || dueTime < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, "The due time must be finite and not negative.");
        }

        if (period == Timeout.InfiniteTimeSpan || period < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, "The period must be finite and not negative.");
        }

        if (period < silo.Options.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"The period of reminder {reminderName} is {period}; the minimum is {silo.Options.MinimumReminderPeriod}.", nameof(period));
        }

        var entry = new ReminderEntry(grainId, reminderName, silo.TimeProvider.GetUtcNow() + dueTime, period);
        await silo.Options.ReminderTable.UpsertAsync(entry, CancellationToken.None);
        Schedule(entry);
        return new Handle(entry);
    }

    public async Task UnregisterAsync(GrainId grainId, IGrainReminder reminder)
    {
        if (reminder is not Handle handle || handle.Entry.GrainId != grainId)
        {
            throw new ReminderException($"The reminder {reminder.ReminderName} is not one of {grainId}.");
        }

        await silo.Options.ReminderTable.RemoveAsync(grainId, reminder.ReminderName, CancellationToken.None);
        lock (_lock)
        {
            if (_reminders.Remove((grainId, reminder.ReminderName), out var local))
            {
                local.Timer.Dispose();
            }
        }
    }

    public Task<IGrainReminder?> GetAsync(GrainId grainId, string reminderName)
    {
        lock (_lock)
        {
            return Task.FromResult<IGrainReminder?>(
                _reminders.TryGetValue((grainId, reminderName), out var local) ? new Handle(local.Entry) : null);
        }
    }

    public Task<List<IGrainReminder>> GetAllAsync(GrainId grainId)
    {
        lock (_lock)
        {
            return Task.FromResult(_reminders.Values
                .Where(local => local.Entry.GrainId == grainId)
                .Select(local => (IGrainReminder)new Handle(local.Entry))
                .ToList());
        }
    }

    /// <summary>The first due time at or after <paramref name="now"/>.</summary>
    internal static DateTimeOffset GetNextTick(ReminderEntry entry, DateTimeOffset now)
    {
        if (now <= entry.StartAt)
        {
            return entry.StartAt;
        }

        var sinceLast = (now - entry.StartAt).Ticks % entry.Period.Ticks;
        return sinceLast == 0 ? now : now.AddTicks(entry.Period.Ticks - sinceLast);
    }

    private GrainClass? FindClass(GrainId grainId) => silo.GrainClasses.FirstOrDefault(
        grainClass => grainClass.Name == grainId.Type && grainClass.Type.IsAssignableTo(typeof(IRemindable)));

    private void Schedule(ReminderEntry entry)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }

            if (_reminders.Remove((entry.GrainId, entry.ReminderName), out var previous))
            {
                previous.Timer.Dispose();
            }

            var local = new LocalReminder(this, entry, GetNextTick(entry, silo.TimeProvider.GetUtcNow()));
            _reminders.Add((entry.GrainId, entry.ReminderName), local);
            Wait(local);
        }
    }

    /// <summary>Sets the timer. Called with the lock held.</summary>
    private void Wait(LocalReminder reminder)
    {
        var wait = reminder.NextTick - silo.TimeProvider.GetUtcNow();
        reminder.Timer.Change(
            wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < MaxWait ? wait : MaxWait, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer(LocalReminder reminder)
    {
        lock (_lock)
        {
            if (_isStopped || !IsCurrent(reminder))
            {
                return;
            }

            if (reminder.NextTick > silo.TimeProvider.GetUtcNow())
            {
                Wait(reminder);
                return;
            }
        }

        silo.Diagnostics.Observe(TickAsync(reminder));
    }

    private async Task TickAsync(LocalReminder reminder)
    {
        var entry = reminder.Entry;
        try
        {
            var target = new GrainTarget(FindClass(entry.GrainId)!, entry.GrainId.Key);
            var grain = (IRemindable)silo.CreateReference(typeof(IRemindable), target);
            await grain.ReceiveReminder(
                entry.ReminderName,
                new TickStatus(entry.StartAt.UtcDateTime, entry.Period, silo.TimeProvider.GetUtcNow().UtcDateTime));
        }
        catch (Exception exception)
        {
            silo.Diagnostics.ReminderFailed(entry, exception);
        }

        lock (_lock)
        {
            if (!_isStopped && IsCurrent(reminder))
            {
                var next = GetNextTick(entry, silo.TimeProvider.GetUtcNow());
                reminder.NextTick = next > reminder.NextTick ? next : reminder.NextTick + entry.Period;
                Wait(reminder);
            }
        }
    }

    private bool IsCurrent(LocalReminder reminder) =>
        _reminders.TryGetValue((reminder.Entry.GrainId, reminder.Entry.ReminderName), out var current)
        && ReferenceEquals(current, reminder);

    private sealed class LocalReminder
    {
        public LocalReminder(ReminderService service, ReminderEntry entry, DateTimeOffset nextTick)
        {
            Entry = entry;
            NextTick = nextTick;
            using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
            {
                Timer = service.Silo.TimeProvider.CreateTimer(
                    _ => service.OnTimer(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        public ReminderEntry Entry { get; }

        public ITimer Timer { get; }

        public DateTimeOffset NextTick { get; set; }
    }

    private sealed record Handle(ReminderEntry Entry) : IGrainReminder
    {
        public string ReminderName => Entry.ReminderName;
    }

    private EmbeddedSilo Silo => silo;
}

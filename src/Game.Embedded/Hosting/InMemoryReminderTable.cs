using System.Collections.Concurrent;

namespace Game.Embedded;

/// <summary>
/// Reminders that live as long as this object: pass the same one to the next silo and they survive its restart, as in tests.
/// </summary>
public sealed class InMemoryReminderTable : IReminderTable
{
    private readonly ConcurrentDictionary<(GrainId, string), ReminderEntry> _entries = new();

    public ValueTask<IReadOnlyList<ReminderEntry>> ReadAllAsync(CancellationToken cancellationToken) => new([.. _entries.Values]);

    public ValueTask UpsertAsync(ReminderEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _entries[(entry.GrainId, entry.ReminderName)] = entry;
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> RemoveAsync(GrainId grainId, string reminderName, CancellationToken cancellationToken) =>
        new(_entries.TryRemove((grainId, reminderName), out _));
}

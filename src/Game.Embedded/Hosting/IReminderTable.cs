namespace Game.Embedded;

/// <summary>
/// Where reminders are kept. The host calls it from several turns at once, so implementations are safe for concurrent use.
/// A write has happened when its task completes.
/// </summary>
public interface IReminderTable
{
    /// <summary>All reminders, in no particular order. Called once, when the silo starts.</summary>
    ValueTask<IReadOnlyList<ReminderEntry>> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Stores a reminder, replacing one of the same grain and name.</summary>
    ValueTask UpsertAsync(ReminderEntry entry, CancellationToken cancellationToken);

    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemoveAsync(GrainId grainId, string reminderName, CancellationToken cancellationToken);
}

/// <summary>A stored reminder.</summary>
/// <param name="GrainId">Whose it is.</param>
/// <param name="ReminderName">Unique within the grain.</param>
/// <param name="StartAt">When it is first due.</param>
/// <param name="Period">Due again every period after <paramref name="StartAt"/>.</param>
public sealed record ReminderEntry(GrainId GrainId, string ReminderName, DateTimeOffset StartAt, TimeSpan Period);

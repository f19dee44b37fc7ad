using System.Text.Json;
using Game.EventStore;

namespace Game.Hosting.Embedded;

/// <summary>Reminders in the shard's own store. Safe for concurrent use.</summary>
public sealed class ReminderTable(IDurableItems items) : IReminderTable
{
    public async ValueTask<IReadOnlyList<ReminderEntry>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var stored = await items.ReadAllAsync(cancellationToken);
        return [.. stored.Select(item => JsonSerializer.Deserialize<StoredReminder>(item.Value)!.ToEntry())];
    }

    public async ValueTask UpsertAsync(ReminderEntry entry, CancellationToken cancellationToken) => await items.PutAsync(
        KeyOf(entry.GrainId, entry.ReminderName),
        JsonSerializer.SerializeToUtf8Bytes(
            new StoredReminder(entry.GrainId.Type, entry.GrainId.Key, entry.ReminderName, entry.StartAt, entry.Period)),
        cancellationToken);

    public async ValueTask<bool> RemoveAsync(GrainId grainId, string reminderName, CancellationToken cancellationToken) =>
        await items.RemoveAsync(KeyOf(grainId, reminderName), cancellationToken);

    private static string KeyOf(GrainId grain, string name) => $"{grain}/{name}";

    private sealed record StoredReminder(string Type, string Key, string Name, DateTimeOffset StartAt, TimeSpan Period)
    {
        public ReminderEntry ToEntry() => new(new GrainId(Type, Key), Name, StartAt, Period);
    }
}

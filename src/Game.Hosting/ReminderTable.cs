using System.Text.Json;
using Game.EventStore;

namespace Game.Hosting;

/// <summary>
/// Reminders of a one-silo cluster, in the shard's own store. Orleans asks by grain and by range of hash; the ETag makes a
/// removal fail that was meant for an older version. Thread-safe; whoever asks before the store is read waits for that.
/// </summary>
internal sealed class ReminderTable(IDurableItems items) : IReminderTable
{
    private readonly Dictionary<(GrainId Grain, string Name), ReminderEntry> _entries = [];
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var stored = await items.ReadAllAsync(cancellationToken);
        lock (_lock)
        {
            // A table may be started twice at once; and what has been set since it was read is newer.
            foreach (var entry in stored.Select(item => Parse(item.Value)))
            {
                _entries.TryAdd((entry.GrainId, entry.ReminderName), entry);
            }
        }

        _read.TrySetResult();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ReminderTableData> ReadRows(GrainId grainId) => SelectAsync(entry => entry.GrainId == grainId);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => SelectAsync(entry =>
    {
        var hash = entry.GrainId.GetUniformHashCode();

        // (begin, end], around zero if begin is not below end.
        return begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
    });

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        await _read.Task;
        lock (_lock)
        {
            return _entries.GetValueOrDefault((grainId, reminderName));
        }
    }

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        await _read.Task;
        entry.ETag = Guid.NewGuid().ToString("N");
        await items.PutAsync(
            KeyOf(entry.GrainId, entry.ReminderName),
            JsonSerializer.SerializeToUtf8Bytes(
                new StoredReminder(entry.GrainId.ToString(), entry.ReminderName, entry.StartAt, entry.Period, entry.ETag)));
        lock (_lock)
        {
            _entries[(entry.GrainId, entry.ReminderName)] = entry;
        }

        return entry.ETag;
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        await _read.Task;
        lock (_lock)
        {
            if (!_entries.TryGetValue((grainId, reminderName), out var entry) || entry.ETag != eTag)
            {
                return false;
            }

            _entries.Remove((grainId, reminderName));
        }

        return await items.RemoveAsync(KeyOf(grainId, reminderName));
    }

    public async Task TestOnlyClearTable()
    {
        foreach (var (key, _) in await items.ReadAllAsync())
        {
            await items.RemoveAsync(key);
        }

        lock (_lock)
        {
            _entries.Clear();
        }
    }

    private static string KeyOf(GrainId grain, string name) => $"{grain}/{name}";

    private static ReminderEntry Parse(byte[] value)
    {
        var stored = JsonSerializer.Deserialize<StoredReminder>(value)!;
        return new ReminderEntry
        {
            GrainId = GrainId.Parse(stored.Grain),
            ReminderName = stored.Name,
            StartAt = stored.StartAt,
            Period = stored.Period,
            ETag = stored.ETag,
        };
    }

    private async Task<ReminderTableData> SelectAsync(Func<ReminderEntry, bool> wanted)
    {
        await _read.Task;
        lock (_lock)
        {
            return new ReminderTableData(_entries.Values.Where(wanted).ToList());
        }
    }

    private sealed record StoredReminder(string Grain, string Name, DateTime StartAt, TimeSpan Period, string ETag);
}

using System.Text.Json;
using Game.EventStore;
using Game.Grains;

namespace Game.Hosting;

/// <summary>
/// Reminders of a one-silo cluster, each in the store of its grain's shard. Orleans asks by grain and by range of hash; the ETag makes
/// a removal fail that was meant for an older version. Thread-safe; whoever asks before the stores are read waits for that.
/// </summary>
/// <param name="stores">Where each shard keeps its reminders.</param>
internal sealed class ReminderTable(IReadOnlyDictionary<string, IDurableItems> stores) : IReminderTable
{
    private readonly Dictionary<(GrainId Grain, string Name), ReminderEntry> _entries = [];
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(stores.Select(store => ReadAsync(store.Key, store.Value, cancellationToken)));
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
        await PutAsync(StoreOf(entry.GrainId), entry);
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

        return await StoreOf(grainId).RemoveAsync(KeyOf(grainId, reminderName));
    }

    public async Task TestOnlyClearTable()
    {
        foreach (var store in stores.Values)
        {
            foreach (var (key, _) in await store.ReadAllAsync())
            {
                await store.RemoveAsync(key);
            }
        }

        lock (_lock)
        {
            _entries.Clear();
        }
    }

    private async Task ReadAsync(string shard, IDurableItems store, CancellationToken cancellationToken)
    {
        foreach (var (key, value) in await store.ReadAllAsync(cancellationToken))
        {
            var entry = Parse(value);
            if (!ShardKey.IsOf(shard, entry.GrainId))
            {
                // From before keys named the shard: the store did.
                entry.GrainId = GrainId.Create(entry.GrainId.Type, ShardKey.Of(shard, entry.GrainId.Key.ToString()!));
                await PutAsync(store, entry, cancellationToken);
                await store.RemoveAsync(key, cancellationToken);
            }

            lock (_lock)
            {
                // A table may be started twice at once; and what has been set since it was read is newer.
                _entries.TryAdd((entry.GrainId, entry.ReminderName), entry);
            }
        }
    }

    private IDurableItems StoreOf(GrainId grain) => stores[ShardKey.Split(grain.Key.ToString()!).Shard];

    private static async Task PutAsync(IDurableItems store, ReminderEntry entry, CancellationToken cancellationToken = default) =>
        await store.PutAsync(
            KeyOf(entry.GrainId, entry.ReminderName),
            JsonSerializer.SerializeToUtf8Bytes(
                new StoredReminder(entry.GrainId.ToString(), entry.ReminderName, entry.StartAt, entry.Period, entry.ETag!)),
            cancellationToken);

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

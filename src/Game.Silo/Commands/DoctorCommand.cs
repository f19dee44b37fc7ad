using Game.EventStore;
using Game.EventStore.Sqlite;

namespace Game.Silo.Commands;

/// <summary>Checks the stores of a data folder while no world runs on it.</summary>
internal static class DoctorCommand
{
    /// <returns>0 if every store is sound.</returns>
    public static async Task<int> RunAsync(string path, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
        {
            Console.WriteLine($"data: {path} does not exist yet; ./game run makes it");
            return 0;
        }

        using var data = DataFolder.Open(path);
        var failures = 0;
        foreach (var folder in Directory.EnumerateDirectories(data.Path).Order(StringComparer.Ordinal))
        {
            var shard = Path.GetFileName(folder);
            if (!File.Exists(data.StoreFile(shard)))
            {
                continue;
            }

            try
            {
                await using var store = SqliteEventStore.Open(data.StoreFile(shard));
                var found = await store.CheckAsync(cancellationToken);
                failures += found.Count;
                Console.WriteLine(found.Count == 0
                    ? $"store {shard}: sound, {await store.GetHeadAsync(cancellationToken)} events"
                    : $"store {shard}: {string.Join("; ", found)}");
            }
            catch (EventStoreException exception)
            {
                failures++;
                Console.WriteLine($"store {shard}: {exception.Message}");
            }
        }

        return failures == 0 ? 0 : 1;
    }
}

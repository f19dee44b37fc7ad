using Game.EventStore;
using Game.Silo.Settings;

namespace Game.Silo.Commands;

/// <summary>Checks the stores and topics of a profile; stores in files only while no world runs on them.</summary>
internal static class DoctorCommand
{
    /// <returns>0 if every store is sound and Kafka, where it is used, has the topics as the settings want them.</returns>
    public static async Task<int> RunAsync(SiloSettings settings, CancellationToken cancellationToken)
    {
        var topics = settings.Kafka.IsUsed ? await ShardStreams.CheckAsync(settings) : 0;
        if (settings.Postgres.IsUsed)
        {
            return await CheckAsync(settings, settings.OwnShards, cancellationToken) | topics;
        }

        if (!Directory.Exists(settings.Data))
        {
            Console.WriteLine($"data: {settings.Data} does not exist yet; ./game run makes it");
            return topics;
        }

        using var data = DataFolder.Open(settings.Data);
        var shards = Directory.EnumerateDirectories(data.Path).Select(Path.GetFileName).OfType<string>()
            .Where(shard => File.Exists(data.StoreFile(shard))).Order(StringComparer.Ordinal);
        return await CheckAsync(settings, shards, cancellationToken) | topics;
    }

    private static async Task<int> CheckAsync(SiloSettings settings, IEnumerable<string> shards, CancellationToken cancellationToken)
    {
        var failures = 0;
        foreach (var shard in shards)
        {
            try
            {
                await using var store = await ShardStore.InspectAsync(settings, shard, cancellationToken);
                var found = await store.CheckAsync(cancellationToken);
                failures += found.Count;
                Console.WriteLine(found.Count == 0
                    ? $"store {shard}: sound, {await store.Events.GetHeadAsync(cancellationToken)} events"
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

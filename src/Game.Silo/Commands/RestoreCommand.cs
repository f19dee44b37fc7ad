using System.Globalization;
using Game.Contracts.Streams;
using Game.EventStore.Postgres;
using Game.Grains.Relay;
using Game.Silo.Kafka;
using Game.Silo.Settings;

namespace Game.Silo.Commands;

/// <summary>Fills the empty stores of shards with their logs from Kafka (docs/operations.md tells when and how).</summary>
internal static class RestoreCommand
{
    /// <returns>0 if every shard is restored.</returns>
    /// <exception cref="PublishedLogException">A store is not empty, or Kafka does not hold a whole log; what is written is to be emptied.</exception>
    /// <exception cref="StartupException">A shard that is not of the game, or no Kafka.</exception>
    public static async Task<int> RunAsync(
        SiloSettings settings, IReadOnlyList<string> shards, bool acceptLoss, CancellationToken cancellationToken)
    {
        foreach (var shard in shards.Where(shard => !settings.AllShards.Contains(shard)))
        {
            throw new StartupException($"--shard must be one of {settings.AllShards[0]} to {settings.AllShards[^1]}, not '{shard}'.");
        }

        // No process may be using the files while they are filled.
        using var data = settings.Postgres.IsUsed ? null : DataFolder.Open(settings.Data);
        var history = KafkaHistory.Of(settings);
        var stores = new Dictionary<string, ShardStore>(StringComparer.Ordinal);
        try
        {
            var restores = new Dictionary<string, ShardRestore>(StringComparer.Ordinal);
            foreach (var shard in shards.Distinct(StringComparer.Ordinal))
            {
                await CreateAsync(settings, shard, cancellationToken);
                stores[shard] = await ShardStore.CreateAsync(settings, shard, cancellationToken);
                restores[shard] = await ShardRestore.BeginAsync(shard, stores[shard].Events, cancellationToken);
            }

            var heard = await FindHeardAsync(history, settings, restores.Keys, cancellationToken);
            foreach (var (shard, (position, length)) in heard.Where(pair => pair.Value.Heard > pair.Value.Length))
            {
                var loss = $"shard {shard}: Kafka holds its log up to position {length}, and another shard has acted on position {position}: the events between are lost";
                Console.Error.WriteLine(acceptLoss ? loss : $"{loss}. --accept-loss restores all the same (docs/operations.md).");
            }

            if (!acceptLoss && heard.Values.Any(pair => pair.Heard > pair.Length))
            {
                return 1;
            }

            await foreach (var (shard, logged) in history.ReadShardsAsync(restores.Keys, cancellationToken))
            {
                await restores[shard].AddAsync(logged, cancellationToken);
            }

            var failures = 0;
            foreach (var (shard, restore) in restores)
            {
                await restore.CompleteAsync(EventRelayGrain.CursorOf(StreamTopics.GameEvents), cancellationToken);
                var found = await stores[shard].CheckAsync(cancellationToken);
                failures += found.Count;
                Console.WriteLine($"shard {shard}: {restore.Restored} events restored"
                    + (restore.LeftOut > 0 ? $", {restore.LeftOut} of a command that is not whole left out" : "")
                    + (found.Count > 0 ? $"; {string.Join("; ", found)}" : ""));
            }

            return failures == 0 ? 0 : 1;
        }
        finally
        {
            foreach (var store in stores.Values)
            {
                await store.DisposeAsync();
            }
        }
    }

    private static async Task CreateAsync(SiloSettings settings, string shard, CancellationToken cancellationToken)
    {
        if (settings.Postgres.IsUsed)
        {
            await PostgresSchema.CreateAsync(settings.Postgres.Of(shard), cancellationToken);
            await PostgresSchema.MigrateAsync(settings.Postgres.Of(shard), cancellationToken);
        }
    }

    /// <summary>
    /// How long the shards' logs in Kafka are, and the last position of each that any shard has acted on: a message between
    /// shards is known by shard and position, and is the id of the commands that it led to.
    /// </summary>
    private static async Task<Dictionary<string, (long Heard, long Length)>> FindHeardAsync(
        PublishedLog history, SiloSettings settings, IReadOnlyCollection<string> shards, CancellationToken cancellationToken)
    {
        var found = shards.ToDictionary(shard => shard, _ => (Heard: 0L, Length: 0L), StringComparer.Ordinal);
        await foreach (var (shard, stored) in history.ReadCommandsAsync(settings.AllShards, cancellationToken))
        {
            if (found.TryGetValue(shard, out var own) && stored.Position > own.Length)
            {
                found[shard] = own with { Length = stored.Position };
            }

            var parts = stored.Command.Split('/');
            if (parts.Length >= 3 && found.TryGetValue(parts[0], out var source)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > source.Heard)
            {
                found[parts[0]] = source with { Heard = position };
            }
        }

        return found;
    }
}

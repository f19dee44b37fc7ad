using Game.Contracts;
using Game.EventStore;
using Game.EventStore.Postgres;
using Game.EventStore.Sqlite;
using Game.Silo.Settings;

namespace Game.Silo;

/// <summary>A shard's event store as the settings want it, with what the process needs beside the log.</summary>
internal sealed record ShardStore(
    IEventStore Events, IDurableItems Reminders, Func<CancellationToken, Task<IReadOnlyList<string>>> CheckAsync) : IAsyncDisposable
{
    /// <summary>Opens the store of a shard that this process is to run.</summary>
    /// <exception cref="EventStoreException">It cannot be used; the message says which and why.</exception>
    public static async Task<ShardStore> OpenAsync(
        SiloSettings settings, string shard, ILogger logger, CancellationToken cancellationToken)
    {
        if (!settings.Postgres.IsUsed)
        {
            return OpenFile(DataFolder.StoreFile(settings.Data, shard));
        }

        if (settings.Postgres.MigrateAtStart)
        {
            await MigrateAsync(settings, shard, logger, cancellationToken);
        }

        var claim = new ShardClaim(shard, settings.Cluster.Id ?? "one-process", ContractVersion.Current, ContractVersion.Oldest);
        var store = await claim.OpenAsync(settings.Postgres.Of(shard), Patience(settings), TimeProvider.System, logger, cancellationToken);

        if (settings.Cluster.IsUsed && settings.Cluster.HomeOf(shard) == shard)
        {
            // Once the shard is claimed, no silo of a build runs that knows the earlier keys.
            await ClusterReminders.NameShardAsync(settings.Postgres.Of(shard), shard, settings.Cluster.ShardsWith(shard), cancellationToken);
        }

        return Wrap(store);
    }

    /// <summary>Creates a shard's database and brings its schema up, as soon as the server answers.</summary>
    /// <returns>The schema version before.</returns>
    /// <exception cref="EventStoreException">The server stays away, or refuses.</exception>
    public static Task<int> MigrateAsync(SiloSettings settings, string shard, ILogger logger, CancellationToken cancellationToken) =>
        new PostgresPatience(shard, Patience(settings), TimeProvider.System, logger).TryAsync(
            async () =>
            {
                await PostgresSchema.CreateAsync(settings.Postgres.Of(shard), cancellationToken);
                return await PostgresSchema.MigrateAsync(settings.Postgres.Of(shard), cancellationToken);
            },
            cancellationToken);

    /// <summary>Opens the store of a shard to look at it.</summary>
    /// <exception cref="StartupException">There is none.</exception>
    public static async Task<ShardStore> InspectAsync(SiloSettings settings, string shard, CancellationToken cancellationToken)
    {
        if (settings.Postgres.IsUsed)
        {
            return Wrap(await PostgresEventStore.OpenAsync(settings.Postgres.Of(shard), cancellationToken));
        }

        var file = DataFolder.StoreFile(settings.Data, shard);
        return File.Exists(file) ? OpenFile(file) : throw new StartupException($"There is no store at {file}.");
    }

    /// <summary>Opens the store of a shard, and makes the file if there is none; a database has to be there.</summary>
    public static async Task<ShardStore> CreateAsync(SiloSettings settings, string shard, CancellationToken cancellationToken) =>
        settings.Postgres.IsUsed
            ? Wrap(await PostgresEventStore.OpenAsync(settings.Postgres.Of(shard), cancellationToken))
            : OpenFile(DataFolder.StoreFile(settings.Data, shard));

    public ValueTask DisposeAsync() => Events.DisposeAsync();

    private static TimeSpan Patience(SiloSettings settings) => TimeSpan.FromSeconds(settings.Postgres.WaitSeconds);

    private static ShardStore OpenFile(string file)
    {
        var store = SqliteEventStore.Open(file);
        return new ShardStore(store, store.Items("reminders"), store.CheckAsync);
    }

    private static ShardStore Wrap(PostgresEventStore store) => new(store, store.Items("reminders"), store.CheckAsync);
}

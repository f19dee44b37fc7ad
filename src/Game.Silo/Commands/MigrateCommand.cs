using Game.EventStore.Postgres;
using Game.Silo.Settings;

namespace Game.Silo.Commands;

/// <summary>Creates the databases of this process's shards and brings their schemas up.</summary>
internal static class MigrateCommand
{
    /// <exception cref="StartupException">The profile has no databases.</exception>
    public static async Task<int> RunAsync(string profile, CancellationToken cancellationToken)
    {
        var settings = SettingsReader.Read(profile, new Dictionary<string, string?>());
        if (!settings.Postgres.IsUsed)
        {
            throw new StartupException("Postgres:ConnectionString is not set: shards keep their events in files, which migrate when they are opened.");
        }

        using var loggers = LoggerFactory.Create(SiloLog.Configure);
        var logger = loggers.CreateLogger<ShardStore>();
        foreach (var shard in settings.OwnShards)
        {
            var before = await ShardStore.MigrateAsync(settings, shard, logger, cancellationToken);
            Console.WriteLine($"shard {shard}: schema version {before} → {PostgresSchema.Version}");
        }

        return 0;
    }
}

using System.Net;
using Game.Broadcast.InProcess;
using Game.Contracts.Identity;
using Game.EventStore.Postgres;
using Game.Grains;
using Game.Grains.Hosting;
using Game.Hosting;
using Game.LocalServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks;

/// <summary>A shard of several silos over one PostgreSQL database, all in this process, each set up as it is deployed.</summary>
internal sealed class OrleansShard : IAsyncDisposable
{
    private readonly List<PostgresEventStore> _stores = [];
    private readonly List<IShardHost> _silos = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("game-bench-").FullName;
    private readonly InProcessBus _bus;

    private OrleansShard()
    {
        _bus = InProcessBus.Open(
            new InProcessBusOptions { Path = Path.Combine(_folder, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance);
    }

    /// <summary>Its home shard's name.</summary>
    public static string Name { get; } = ShardId.Numbered(1);

    /// <summary>The first silo's view: grains of the others are a network call away.</summary>
    public IGrainFactory Grains => _silos[0].Grains;

    public static async Task<OrleansShard> StartAsync(PostgresServer server, int silos, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(cancellationToken);
        await PostgresSchema.MigrateAsync(database, cancellationToken);
        var shard = new OrleansShard();
        for (var i = 0; i < silos; i++)
        {
            var store = await PostgresEventStore.OpenAsync(database, cancellationToken);
            shard._stores.Add(store);
            shard._silos.Add(await ShardHost.StartAsync(
                new ShardHostOptions
                {
                    Shard = new ShardIdentity(Name, [Name]),
                    Store = store,
                    Reminders = store.Items("reminders"),
                    Bus = shard._bus,
                    Dashboard = new DashboardSampling(),
                    LoggerFactory = NullLoggerFactory.Instance,
                    Cluster = new ClusterOptions
                    {
                        ClusterId = "bench",
                        ConnectionString = database,
                        Address = IPAddress.Loopback,
                        SiloPort = LocalPort.Free(),
                        GatewayPort = LocalPort.Free(),
                        SiloName = $"bench-{i}",
                    },
                },
                cancellationToken));
        }

        return shard;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await _bus.DisposeAsync();
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

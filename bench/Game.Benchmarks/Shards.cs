using System.Net;
using Game.Broadcast;
using Game.Broadcast.InProcess;
using Game.Contracts.Identity;
using Game.EventStore;
using Game.EventStore.Postgres;
using Game.EventStore.Sqlite;
using Game.Grains;
using Game.Grains.Hosting;
using Game.Hosting;
using Game.LocalServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks;

/// <summary>
/// Shards in one silo of this process, or in several that meet in a database, set up as the product sets them up, with everything they keep in a temporary folder that goes with them.
/// The only place where benchmarks start shards. Not thread-safe.
/// </summary>
internal sealed class Shards : IAsyncDisposable
{
    private readonly ShardsSetup _setup;
    private readonly List<SiloHost> _running = [];
    private readonly Dictionary<string, IEventStore> _stores = new(StringComparer.Ordinal);
    private readonly List<Silo> _silos = [];
    private string? _database;
    private IBroadcastBus? _bus;

    private Shards(ShardsSetup setup)
    {
        _setup = setup;
        Names = [.. Enumerable.Range(1, setup.Count).Select(ShardId.Numbered)];
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("game-bench-").FullName;

    public IReadOnlyList<string> Names { get; }

    /// <summary>The shards in the order of their names, as the first silo hosts them.</summary>
    public IReadOnlyList<HostedShard> Hosts => _running[0].Shards;

    public IBroadcastBus Bus => _bus ?? throw new InvalidOperationException("The shards have not been started.");

    public static async Task<Shards> StartAsync(ShardsSetup setup, CancellationToken cancellationToken)
    {
        var shards = new Shards(setup);
        try
        {
            var bus = setup.OpenBus is { } open ? await open(cancellationToken) : shards.OpenInProcessBus();
            shards._bus = setup.WrapBus is { } wrap ? wrap(bus) : bus;
            foreach (var name in shards.Names)
            {
                await shards.OpenStoresAsync(name, cancellationToken);
            }

            await shards.StartSilosAsync(cancellationToken);
            return shards;
        }
        catch
        {
            await shards.DisposeAsync();
            throw;
        }
    }

    public HostedShard Of(string shard) => _running[0][shard];

    public IEventStore StoreOf(string shard) => _stores[shard];

    /// <summary>Stops all silos and starts new ones over the same stores and bus.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await StopSilosAsync();
        await StartSilosAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopSilosAsync();
        if (_bus is not null)
        {
            await _bus.DisposeAsync();
        }

        foreach (var silo in _silos)
        {
            await silo.Store.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private InProcessBus OpenInProcessBus() => InProcessBus.Open(
        new InProcessBusOptions { Path = Path.Combine(Folder, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance);

    private async Task OpenStoresAsync(string shard, CancellationToken cancellationToken)
    {
        if (_setup.Server is not { } server)
        {
            var file = SqliteEventStore.Open(Path.Combine(Folder, shard, "events.db"));
            _silos.Add(new Silo(0, shard, file, file, file.Items("reminders")));
            _stores[shard] = file;
            return;
        }

        var database = await server.CreateDatabaseAsync(cancellationToken);
        _database ??= database;
        await PostgresSchema.MigrateAsync(database, cancellationToken);
        for (var i = 0; i < _setup.Silos; i++)
        {
            var store = await PostgresEventStore.OpenAsync(database, cancellationToken);
            _silos.Add(new Silo(i, shard, store, store, store.Items("reminders")));
            _stores.TryAdd(shard, store);
        }
    }

    private async Task StartSilosAsync(CancellationToken cancellationToken)
    {
        foreach (var silo in _silos.GroupBy(part => part.Number))
        {
            _running.Add(await SiloHost.StartAsync(
                new SiloHostOptions
                {
                    Shards = [.. silo.Select(OptionsOf)],
                    Streams = _setup.Streams,
                    Dashboard = _setup.Dashboard ? new DashboardSampling() : null,
                    Cluster = ClusterOf(silo.Key),
                    LoggerFactory = NullLoggerFactory.Instance,
                },
                cancellationToken));
        }

        if (_setup.Traffic)
        {
            foreach (var silo in _running)
            {
                await silo.StartTrafficAsync(cancellationToken);
            }
        }
    }

    private ShardHostOptions OptionsOf(Silo silo) => new()
    {
        Shard = new ShardIdentity(silo.Shard, Names),
        Store = silo.Events,
        Reminders = silo.Reminders,
        Bus = Bus,
        Streams = _setup.Streams,
        LoggerFactory = NullLoggerFactory.Instance,
    };

    private ClusterOptions? ClusterOf(int silo) => _database is null ? null : new ClusterOptions
    {
        ClusterId = "bench",
        ServiceId = Names[0],
        ConnectionString = _database,
        Address = IPAddress.Loopback,
        SiloPort = LocalPort.Free(),
        GatewayPort = LocalPort.Free(),
        SiloName = $"silo-{silo}",
    };

    private async Task StopSilosAsync()
    {
        foreach (var silo in _running)
        {
            await silo.DisposeAsync();
        }

        _running.Clear();
    }

    /// <summary>A shard of a silo to be: the silo's number, and its view of the shard's store.</summary>
    private sealed record Silo(int Number, string Shard, IEventStore Events, IAsyncDisposable Store, IDurableItems Reminders);
}

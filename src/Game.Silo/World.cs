using System.Collections.Concurrent;
using Game.Broadcast;
using Game.Domain.Leaderboards;
using Game.EventStore;
using Game.EventStore.Postgres;
using Game.Gateway;
using Game.Grains;
using Game.Grains.Analytics;
using Game.Grains.Hosting;
using Game.Grains.Relay;
using Game.Silo.Actions;
using Game.Silo.Settings;
using Game.Silo.Telemetry;
using Game.Streaming.Kafka;

namespace Game.Silo;

/// <summary>
/// The silo of this process with its shards, and the bus that joins them with others. Started before the gateway takes traffic,
/// stopped after it has let its sessions go.
/// </summary>
public sealed class World : IShardDirectory, IAsyncDisposable
{
    private readonly IBroadcastBus _bus;
    private readonly ShardStreams? _streams;
    private readonly RoutedActions? _actions;
    private readonly IRemoteShards? _elsewhere;
    private readonly IReadOnlyList<string> _all;
    private readonly ConcurrentDictionary<string, ShardStore> _stores = new(StringComparer.Ordinal);
    private SiloHost? _silo;

    private World(
        IBroadcastBus bus, ShardStreams? streams, RoutedActions? actions, SiloSettings settings, IEventSink? events, ILoggerFactory loggers)
    {
        _bus = bus;
        _actions = actions;
        Events = events;
        _streams = streams;
        _all = settings.AllShards;
        Shards = settings.OwnShards;
        _elsewhere = settings.Cluster.Id is { } cluster
            ? SiloHost.Reach(new RemoteShardOptions
            {
                ClusterId = cluster,
                ConnectionStringOf = settings.Postgres.Of,
                ClusterOf = settings.Cluster.HomeOf,
                ResponseTimeout = TimeSpan.FromSeconds(settings.Grains.ResponseTimeoutSeconds),
                Tracing = OtlpExport.IsUsed,
                LoggerFactory = loggers,
            })
            : null;
    }

    public event Action? SiloLost;

    public IReadOnlyList<string> Shards { get; }

    public IReadOnlyList<string> All => _elsewhere is null ? Shards : _all;

    public IBroadcastBus Bus => _bus;

    /// <summary>Dead letters of topics; null: there is no Kafka.</summary>
    public IReadOnlyDictionary<string, DeadLetterShelf>? DeadLetters => _streams?.DeadLetters;

    /// <summary>Where the shards' logs are published; null: nowhere.</summary>
    public IEventSink? Events { get; }

    /// <summary>Which ways messages of this process take at the moment; empty: they have one only.</summary>
    public IReadOnlyList<RouteStatus> Routes => _actions?.Status ?? [];

    /// <summary>Opens every store, starts every shard, and lets them talk once all of them listen.</summary>
    /// <param name="settings">Settings that are valid.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="events">Where the shards' logs are published; null: nowhere.</param>
    /// <param name="cancellationToken">Calls the start off.</param>
    /// <exception cref="EventStore.EventStoreException">A store cannot be used; the message says which and why.</exception>
    /// <exception cref="Broadcast.BroadcastException">The bus's file cannot be used.</exception>
    /// <exception cref="StartupException">Kafka does not answer in time, or its topics cannot be used.</exception>
    public static async Task<World> StartAsync(
        SiloSettings settings, DataFolder data, ILoggerFactory loggers, IEventSink? events, CancellationToken cancellationToken)
    {
        var streams = await ShardStreams.OpenAsync(settings, loggers, cancellationToken);
        IBroadcastBus? bus = null;
        RoutedActions? actions;
        try
        {
            bus = await ShardBus.OpenAsync(settings, data, loggers, cancellationToken);
            actions = streams is null ? null : RoutedActions.Open(settings, data, streams, bus, loggers);
        }
        catch when (streams is not null)
        {
            await streams.DisposeAsync();
            if (bus is not null)
            {
                await bus.DisposeAsync();
            }

            throw;
        }

        var world = new World(bus, streams, actions, settings, events, loggers);
        try
        {
            await Task.WhenAll(world.Shards.Select(shard => world.OpenStoreAsync(shard, settings, loggers, cancellationToken)));
            world._silo = await world.StartSiloAsync(settings, loggers, cancellationToken);
            await world._silo.StartTrafficAsync(cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public bool IsStoreFailure(Exception exception) => exception is EventStoreException or ActionsNotTakenException;

    public bool TryGet(string shard, out IGrainFactory grains)
    {
        grains = _silo is { } silo && Shards.Contains(shard) ? silo[shard].Grains
            : _elsewhere is not null && _all.Contains(shard) ? _elsewhere.Get(shard)
            : null!;
        return grains is not null;
    }

    /// <summary>The dashboard of the silo; null: it has none.</summary>
    public Action<IApplicationBuilder>? Dashboard => _silo is { } silo ? SiloDashboard.Of(silo) : null;

    public IEventStore StoreOf(string shard) => _stores[shard].Events;

    public async ValueTask DisposeAsync()
    {
        if (_elsewhere is not null)
        {
            await _elsewhere.DisposeAsync();
        }

        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        if (_actions is not null)
        {
            await _actions.DisposeAsync();
        }

        if (_streams is not null)
        {
            await _streams.DisposeAsync();
        }

        await _bus.DisposeAsync();
        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync();
        }
    }

    private async Task OpenStoreAsync(string shard, SiloSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        _stores[shard] = await ShardStore.OpenAsync(settings, shard, loggers.CreateLogger<ShardStore>(), cancellationToken);

    private async Task<SiloHost> StartSiloAsync(SiloSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        IReadOnlyList<LeaderboardDefinition> boards = [.. settings.Leaderboards.Select(board => board.ToDefinition())];
        var options = new SiloHostOptions
        {
            Shards = [.. Shards.Select(shard => OptionsOf(shard, settings, boards, loggers))],
            Streams = _streams?.Of(Shards),
            Cluster = settings.Cluster.IsUsed ? settings.Cluster.ToOptions(Shards[0], settings.Postgres.Of) : null,
            ResponseTimeout = TimeSpan.FromSeconds(settings.Grains.ResponseTimeoutSeconds),
            CollectionAge = TimeSpan.FromMinutes(settings.Grains.CollectionAgeMinutes),
            Dashboard = settings.Dashboard.Sampling,
            Tracing = OtlpExport.IsUsed,
            OnSiloLost = () => SiloLost?.Invoke(),
            LoggerFactory = loggers,
        };
        var patience = new PostgresPatience(
            Shards[0], TimeSpan.FromSeconds(settings.Postgres.WaitSeconds), TimeProvider.System, loggers.CreateLogger<ShardStore>());
        return await patience.TryAsync(() => SiloHost.StartAsync(options, cancellationToken), cancellationToken);
    }

    private ShardHostOptions OptionsOf(
        string shard, SiloSettings settings, IReadOnlyList<LeaderboardDefinition> boards, ILoggerFactory loggers) =>
        new()
        {
            Shard = new ShardIdentity(shard, settings.AllShards),
            Store = _stores[shard].Events,
            Reminders = _stores[shard].Reminders,
            Bus = _bus,
            Streams = _streams?.Of(shard),
            EventSink = Events,
            Boards = boards,
            ChatFilter = settings.Chat.ToFilter(),
            Presence = settings.Presence.ToOptions(),
            WorldEvents = settings.WorldEvents.ToSchedules(),
            Analytics = new AnalyticsOptions
            {
                Linger = TimeSpan.FromMilliseconds(settings.Analytics.LingerMilliseconds),
                TellsLog = settings.Analytics.ServerActions,
                Way = _actions,
            },
            LoggerFactory = loggers,
        };
}

using System.Net;
using Game.Contracts.Streams;
using Game.Grains.Hosting;
using Game.Hosting.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace Game.Hosting;

/// <summary>
/// A silo and the shards it hosts, each with a store, a bus and settings of its own. Alone, it is a cluster of its own with membership
/// in memory and reminders in the shards' stores. With <see cref="SiloHostOptions.Cluster"/> it joins the silos of other processes,
/// which meet in a database.
/// </summary>
public sealed class SiloHost : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(120);

    // A silo that does not answer is dead for the others after 3 × 3 s; one that cannot be reached at all, sooner.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);
    private const int MissedProbes = 3;

    // A silo joins only if it reaches all that said they are alive within the last 3 × 10 s, and gives up after twice that. So after
    // the death of all silos at once new ones start by themselves, and one that the network keeps away says so soon.
    private static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(10);
    private const int MissedAlives = 3;
    private static readonly TimeSpan JoinTimeout = 2 * MissedAlives * AliveInterval;
    internal const string Npgsql = "Npgsql";

    private readonly IHost _host;
    private readonly HostedShards _shards;

    private SiloHost(IHost host, bool hasDashboard)
    {
        _host = host;
        HasDashboard = hasDashboard;
        _shards = host.Services.GetRequiredService<HostedShards>();
    }

    public IReadOnlyList<HostedShard> Shards => _shards.All;

    internal bool HasDashboard { get; }

    internal IServiceProvider Services => _host.Services;

    /// <summary>One of its shards.</summary>
    /// <exception cref="ArgumentException">It hosts no shard of this name.</exception>
    public HostedShard this[string shard] => _shards[shard];

    /// <summary>Starts a silo; traffic between shards begins with <see cref="StartTrafficAsync"/>.</summary>
    /// <exception cref="ShardStartException">An operator has to mend something; the message says what.</exception>
    /// <exception cref="EventStore.EventStoreException">The cluster's database does not answer: waiting may help.</exception>
    public static async Task<SiloHost> StartAsync(SiloHostOptions options, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.UseOrleans(silo => Configure(silo, options));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OrleansLifecycleCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw new OperationCanceledException("The silo was told to stop while it started.", exception, cancellationToken);
        }
        catch (Exception exception) when (StartFailure.Explain(exception, options) is { } reason)
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw new ShardStartException(reason, exception);
        }
        catch (Exception exception) when (StartFailure.OfDatabase(exception, options) is { } away)
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw away;
        }

        return new SiloHost(host, options.Dashboard is not null);
    }

    /// <summary>Shards of other clusters.</summary>
    public static IRemoteShards Reach(RemoteShardOptions options) => new RemoteShards(options);

    /// <summary>Declares the queues of all shards, then lets all of them talk: what one says first, the others hear.</summary>
    public async Task StartTrafficAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Shards.Select(shard => shard.Traffic.DeclareAsync(cancellationToken)));
        await Task.WhenAll(Shards.Select(shard => shard.Traffic.StartAsync(cancellationToken)));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Shards.Select(shard => shard.Traffic.StopAsync().AsTask()));
        await _host.StopAsync();

        // The shards with it.
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private static void Configure(ISiloBuilder silo, SiloHostOptions options)
    {
        if (options.Cluster is { } cluster)
        {
            Join(silo, cluster);
        }
        else
        {
            StandAlone(silo, options.Shards);
        }

        HostShards(silo, options);
    }

    /// <summary>What a silo needs to host shards, wherever it finds its cluster and its reminders.</summary>
    internal static void HostShards(ISiloBuilder silo, SiloHostOptions options)
    {
        silo.Services.AddShards(options.Shards);
        silo.Services.AddSingleton<IConfigureGrainTypeComponents, ShardGrainActivation>();
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = options.CollectionAge);
        ForeignExceptionCodec.AddTo(silo.Services);
        silo.Configure<LoadSheddingOptions>(shedding => shedding.LoadSheddingEnabled = false);
        if (options.Tracing)
        {
            silo.AddActivityPropagation();
        }

        if (options.OnSiloLost is { } onSiloLost)
        {
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new SiloLossListener(
                services.GetRequiredService<ISiloStatusOracle>(), onSiloLost));
        }

        if (options.Streams is { } streams)
        {
            silo.AddKafkaStreams(StreamProviders.Kafka, streams);
        }
        else
        {
            silo.AddMemoryStreams(StreamProviders.Kafka, memory => memory.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
        }

        if (options.Dashboard is { } sampling)
        {
            Sample(silo, sampling);
        }

        // Keys are random, so that random silos share the load evenly also when there are few grains.
        silo.Services.AddSingleton<PlacementStrategy, RandomPlacement>();
    }

    private static void StandAlone(ISiloBuilder silo, IReadOnlyList<ShardHostOptions> shards)
    {
        var siloPort = FreePort.OfSilos.Take();
        silo.UseLocalhostClustering(
            siloPort, FreePort.OfSilos.Take(), new IPEndPoint(IPAddress.Loopback, siloPort), shards[0].Shard.Name, shards[0].Shard.Name);
        silo.Services.AddSingleton<IReminderTable>(new ReminderTable(
            shards.ToDictionary(shard => shard.Shard.Name, shard => shard.Reminders, StringComparer.Ordinal)));
        silo.AddReminders();
    }

    private static void Join(ISiloBuilder silo, ClusterOptions cluster)
    {
        silo.Configure<global::Orleans.Configuration.ClusterOptions>(ids =>
        {
            ids.ClusterId = cluster.ClusterId;
            ids.ServiceId = cluster.ServiceId;
        });
        silo.Configure<SiloOptions>(names => names.SiloName = cluster.SiloName);
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = cluster.Address;
            endpoints.SiloPort = cluster.SiloPort;
            endpoints.GatewayPort = cluster.GatewayPort;
        });
        silo.UseAdoNetClustering(database =>
        {
            database.Invariant = Npgsql;
            database.ConnectionString = cluster.ConnectionString;
        });
        silo.UseAdoNetReminderService(database =>
        {
            database.Invariant = Npgsql;
            database.ConnectionString = cluster.ConnectionString;
        });
        // The default directory may forget an activation while silos come and go; a second one then answers reads from what it
        // knew when it was made. This one agrees on every change of membership first.
#pragma warning disable ORLEANSEXP003
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003

        // Its leases would keep the grains of a dead silo away for another 21 s. What they protect from, a silo that is cut off
        // and does not know yet that it is dead, the store's versions fence off; until it notices, it may answer reads from before.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = ProbeTimeout;
            membership.NumMissedProbesLimit = MissedProbes;

            // Probes adapt to how fast a silo answers, by default up to four times their time-out: three of those are 36 s.
            membership.MaxProbeTimeout = ProbeTimeout;
            membership.IAmAliveTablePublishTimeout = AliveInterval;
            membership.NumMissedTableIAmAliveLimit = MissedAlives;
            membership.MaxJoinAttemptTime = JoinTimeout;

            // A silo that gives up says why and ends. Taken for dead meanwhile, it would end without a word; and nobody waits for one that joins.
            membership.EvictWhenMaxJoinAttemptTimeExceeded = false;
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
            membership.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
        });
    }

    private static void Sample(ISiloBuilder silo, DashboardSampling sampling)
    {
        silo.AddDashboard(dashboard =>
        {
            dashboard.CounterUpdateIntervalMs = (int)sampling.Interval.TotalMilliseconds;
            dashboard.HistoryLength = sampling.History;

            // A stream of all log lines for as long as a browser stays.
            dashboard.HideTrace = true;
        });
        silo.Configure<GrainProfilerOptions>(profiler =>
        {
            profiler.TraceAlways = false;
            profiler.DeactivationTime = sampling.ProfiledAfterLook;
        });
    }
}

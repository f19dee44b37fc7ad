using System.Net;
using Game.Contracts.Streams;
using Game.Grains.Hosting;
using Game.Hosting.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Dashboard;
using ClusterOptions = Game.Grains.Hosting.ClusterOptions;

namespace Game.Hosting;

/// <summary>
/// A silo of a shard. Alone, it is a cluster of its own with membership in memory and reminders in the shard's store; several
/// shards of one process are several clusters that know nothing of each other. With <see cref="ShardHostOptions.Cluster"/> it
/// joins the silos of other processes, which meet in the shard's database.
/// </summary>
public sealed class ShardHost : IShardHost
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

    private ShardHost(IHost host, ShardHostOptions options)
    {
        _host = host;
        Shard = options.Shard.Name;
        HasDashboard = options.Dashboard is not null;
        Grains = host.Services.GetRequiredService<IGrainFactory>();
        Traffic = host.Services.GetRequiredService<ShardTraffic>();
    }

    public string Shard { get; }

    public IGrainFactory Grains { get; }

    public ShardTraffic Traffic { get; }

    internal bool HasDashboard { get; }

    internal IServiceProvider Services => _host.Services;

    /// <summary>Starts the silo; traffic with other shards begins with <see cref="ShardTraffic.StartAsync"/>.</summary>
    /// <exception cref="ShardStartException">An operator has to mend something; the message says what.</exception>
    /// <exception cref="EventStore.EventStoreException">The cluster's database does not answer: waiting may help.</exception>
    public static async Task<IShardHost> StartAsync(ShardHostOptions options, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.Services.AddShard(options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.UseOrleans(silo =>
        {
            if (options.Cluster is { } cluster)
            {
                Join(silo, cluster, options.Shard.Name);
            }
            else
            {
                StandAlone(silo, options);
            }

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
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OrleansLifecycleCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            throw new OperationCanceledException("The silo was told to stop while it started.", exception, cancellationToken);
        }
        catch (Exception exception) when (StartFailure.Explain(exception, options) is { } reason)
        {
            host.Dispose();
            throw new ShardStartException(reason, exception);
        }
        catch (Exception exception) when (StartFailure.OfDatabase(exception, options) is { } away)
        {
            host.Dispose();
            throw away;
        }

        return new ShardHost(host, options);
    }

    /// <summary>Shards of other processes.</summary>
    public static IRemoteShards Reach(RemoteShardOptions options) => new RemoteShards(options);

    public async ValueTask DisposeAsync()
    {
        await Traffic.StopAsync();
        await _host.StopAsync();
        _host.Dispose();
    }

    private static void StandAlone(ISiloBuilder silo, ShardHostOptions options)
    {
        var siloPort = FreePort.Take();
        silo.UseLocalhostClustering(
            siloPort, FreePort.Take(), new IPEndPoint(IPAddress.Loopback, siloPort), options.Shard.Name, options.Shard.Name);
        silo.Services.AddSingleton(options.Reminders);
        silo.Services.AddSingleton<IReminderTable, ReminderTable>();
        silo.AddReminders();
    }

    private static void Join(ISiloBuilder silo, ClusterOptions cluster, string shard)
    {
        silo.Configure<global::Orleans.Configuration.ClusterOptions>(ids =>
        {
            ids.ClusterId = cluster.ClusterId;
            ids.ServiceId = shard;
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

using Game.Contracts.Streams;
using Game.Grains.Hosting;
using Game.Hosting.Embedded.Streams;
using Game.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Game.Hosting.Embedded;

/// <summary>A shard whose grains run in one embedded silo of this process.</summary>
public sealed class ShardHost : IShardHost
{
    private const int StreamBatchSize = 1_000;

    private readonly EmbeddedSilo _silo;
    private readonly ServiceProvider _services;

    private ShardHost(EmbeddedSilo silo, ServiceProvider services, string shard)
    {
        _silo = silo;
        _services = services;
        Shard = shard;
        Traffic = services.GetRequiredService<ShardTraffic>();
    }

    public string Shard { get; }

    public IGrainFactory Grains => _silo.GrainFactory;

    public ShardTraffic Traffic { get; }

    /// <summary>Starts the silo; traffic with other shards begins with <see cref="ShardTraffic.StartAsync"/>.</summary>
    public static async Task<IShardHost> StartAsync(ShardHostOptions options, CancellationToken cancellationToken)
    {
        if (options.Cluster is not null)
        {
            throw new ShardStartException("Cluster:Id: the embedded host is one process; a cluster needs the Orleans host (./game --host orleans).");
        }

        var silo = default(EmbeddedSilo);
        var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddSingleton(options.LoggerFactory)
            .AddShard(options)

            // The silo needs the container for its grains, so the container can only have it afterwards.
            .AddSingleton(_ => silo!.GrainFactory)
            .BuildServiceProvider();
        var siloOptions = new EmbeddedSiloOptions
        {
            SiloName = options.Shard.Name,
            Services = services,
            GrainAssemblies = { typeof(ShardHostOptions).Assembly },
            ResponseTimeout = options.ResponseTimeout,
            CollectionAge = options.CollectionAge,
            TimeProvider = options.Clock,
            ReminderTable = new ReminderTable(options.Reminders),
            LoggerFactory = options.LoggerFactory,
            StreamBatchSize = StreamBatchSize,
        };
        AddStreams(siloOptions, options);
        silo = new EmbeddedSilo(siloOptions);
        await silo.StartAsync(cancellationToken);
        return new ShardHost(silo, services, options.Shard.Name);
    }

    /// <summary>Shards of other processes: only on Orleans.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static IRemoteShards Reach(RemoteShardOptions options) =>
        throw new NotSupportedException($"Cluster {options.ClusterId}: the embedded host runs all its shards in one process.");

    public async ValueTask DisposeAsync()
    {
        await Traffic.StopAsync();
        await _silo.StopAsync();
        await _services.DisposeAsync();
    }

    private static void AddStreams(EmbeddedSiloOptions silo, ShardHostOptions options)
    {
        if (options.Streams is not { } configure)
        {
            silo.StreamProviders.Add(StreamProviders.Kafka);
            return;
        }

        var streams = new KafkaStreamOptions();
        configure(streams);
        silo.StreamTransports.Add(new KafkaStreamTransport(StreamProviders.Kafka, streams, options.Clock, options.LoggerFactory));
    }
}

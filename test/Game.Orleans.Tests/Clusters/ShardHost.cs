using Game.Contracts.Streams;
using Game.Grains.Hosting;
using Game.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Game.Orleans.Tests.Clusters;

/// <summary>
/// A shard of two silos over one store, called through a client. Stands in for the product's one-silo host in the tests of
/// the grains, so that they run where grains are apart and every call between silos passes the serializer.
/// </summary>
public sealed class ShardHost : IShardHost
{
    private readonly InProcessTestCluster _cluster;

    private ShardHost(InProcessTestCluster cluster, string shard)
    {
        _cluster = cluster;
        Shard = shard;
        Traffic = cluster.Silos[0].ServiceProvider.GetRequiredService<ShardTraffic>();
    }

    public string Shard { get; }

    public IGrainFactory Grains => _cluster.Client;

    public ShardTraffic Traffic { get; }

    public static async Task<IShardHost> StartAsync(ShardHostOptions options, CancellationToken cancellationToken)
    {
        var reminders = new ReminderTable(options.Reminders);
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 2) { Options = { ConfigureFileLogging = false } };
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddShard(options);
            silo.AddReminders();
            ForeignExceptionCodec.AddTo(silo.Services);
            silo.AddMemoryStreams(StreamProviders.Kafka, memory => memory.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
            silo.Services.AddSingleton<IReminderTable>(reminders);
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = options.CollectionAge);
        });
        builder.ConfigureClient(client =>
        {
            ForeignExceptionCodec.AddTo(client.Services);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync(cancellationToken);
        return new ShardHost(cluster, options.Shard.Name);
    }

    public async ValueTask DisposeAsync()
    {
        await Traffic.StopAsync();
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}

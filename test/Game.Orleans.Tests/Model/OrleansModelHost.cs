using Game.EventStore;
using Game.EventStore.Sqlite;
using Game.GrainModel.Conformance;
using Game.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Game.Orleans.Tests;

/// <summary>
/// Orleans as the conformance suite sees it: two silos, called through a client, so that messages pass the serializer.
/// Reminders are kept as the product keeps them, in a store file that outlives a restart.
/// </summary>
internal sealed class OrleansModelHost : IGrainModelHost
{
    private readonly string _folder = Directory.CreateTempSubdirectory("game-orleans-").FullName;
    private readonly SqliteEventStore _store;
    private readonly GrainModelSettings _settings;
    private InProcessTestCluster? _cluster;

    private OrleansModelHost(GrainModelSettings settings)
    {
        _settings = settings;
        _store = SqliteEventStore.Open(Path.Combine(_folder, "store.db"));
    }

    public IGrainFactory GrainFactory => Cluster.Client;

    public IStreamProvider Streams => Cluster.Client.GetStreamProvider(GrainModelSettings.StreamProvider);

    private InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("The host is stopped.");

    public static async ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings)
    {
        var host = new OrleansModelHost(settings);
        await host.DeployAsync();
        return host;
    }

    public async Task StopAsync()
    {
        // The client goes last: what is running still gets its answer.
        await Task.WhenAll(Cluster.Silos.Select(Cluster.StopSiloAsync));
        await Cluster.StopClusterClientAsync();
        await Cluster.DisposeAsync();
        _cluster = null;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await StopAsync();
        }

        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task DeployAsync()
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 2) { Options = { ConfigureFileLogging = false } };
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddReminders();
            silo.Services.AddSingleton<IReminderTable>(new ReminderTable(new Dictionary<string, IDurableItems> { [GrainModelSettings.Shard] = _store.Items("reminders") }));
            silo.Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = _settings.MinimumReminderPeriod);
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = _settings.ResponseTimeout);
            silo.Configure<GrainCollectionOptions>(collection =>
            {
                collection.CollectionAge = _settings.CollectionAge;
                collection.CollectionQuantum = _settings.CollectionQuantum;
            });
            silo.AddMemoryStreams(GrainModelSettings.StreamProvider, streams =>
            {
                streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
                streams.ConfigurePullingAgent(agents => agents.Configure(options =>
                    options.MaxEventDeliveryTime = _settings.MaxEventDeliveryTime));
            });
        });
        builder.ConfigureClient(client =>
        {
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = _settings.ResponseTimeout);
            client.AddMemoryStreams(
                GrainModelSettings.StreamProvider, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }
}

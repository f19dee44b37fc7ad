using Game.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Game.Grains.Tests;

/// <summary>
/// Two silos that host the same shards over one store each, called through a client: grains are apart, and every call between silos
/// passes the serializer. Or one silo as the product starts it.
/// </summary>
internal sealed class TestSilos : IAsyncDisposable
{
    private readonly InProcessTestCluster? _cluster;
    private readonly SiloHost? _silo;

    private TestSilos(InProcessTestCluster? cluster, SiloHost? silo) => (_cluster, _silo) = (cluster, silo);

    public static async Task<TestSilos> StartAsync(int silos, IReadOnlyList<ShardHostOptions> shards, CancellationToken cancellationToken)
    {
        var options = SiloHostOptions.Of(shards[0]) with { Shards = shards };
        if (silos == 1)
        {
            return new TestSilos(null, await SiloHost.StartAsync(options, cancellationToken));
        }

        var reminders = new ReminderTable(shards.ToDictionary(shard => shard.Shard.Name, shard => shard.Reminders));
        var builder = new InProcessTestClusterBuilder((short)silos) { Options = { ConfigureFileLogging = false } };
        builder.ConfigureSilo((_, silo) =>
        {
            SiloHost.HostShards(silo, options);
            silo.AddReminders();
            silo.Services.AddSingleton<IReminderTable>(reminders);
        });
        builder.ConfigureClient(client => ForeignExceptionCodec.AddTo(client.Services));
        var cluster = builder.Build();
        await cluster.DeployAsync(cancellationToken);
        return new TestSilos(cluster, null);
    }

    public IGrainFactory Factory => _silo?.Services.GetRequiredService<IGrainFactory>() ?? _cluster!.Client;

    public IGrainFactory Grains(string shard) => _silo?[shard].Grains ?? new ShardGrainFactory(shard, _cluster!.Client);

    /// <summary>The shard's traffic, on one of the silos: the others would be its consumers' stand-ins.</summary>
    public ShardTraffic Traffic(string shard) =>
        _silo?[shard].Traffic ?? _cluster!.Silos[0].ServiceProvider.GetRequiredService<HostedShards>()[shard].Traffic;

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
            return;
        }

        foreach (var shard in _cluster!.Silos[0].ServiceProvider.GetRequiredService<HostedShards>().All)
        {
            await shard.Traffic.StopAsync();
        }

        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}

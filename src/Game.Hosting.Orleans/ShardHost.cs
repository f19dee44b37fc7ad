using System.Net;
using System.Net.Sockets;
using Game.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Game.Hosting.Orleans;

/// <summary>
/// A shard whose grains run in one Orleans silo of this process: a cluster of its own, with membership in memory. Several
/// shards of one process are several clusters that know nothing of each other.
/// </summary>
public sealed class ShardHost : IShardHost
{
    private readonly IHost _host;

    private ShardHost(IHost host, string shard)
    {
        _host = host;
        Shard = shard;
        Grains = host.Services.GetRequiredService<IGrainFactory>();
        Traffic = host.Services.GetRequiredService<ShardTraffic>();
    }

    public string Shard { get; }

    public IGrainFactory Grains { get; }

    public ShardTraffic Traffic { get; }

    /// <summary>Starts the silo; traffic with other shards begins with <see cref="ShardTraffic.StartAsync"/>.</summary>
    public static async Task<IShardHost> StartAsync(ShardHostOptions options, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.Services.AddShard(options);
        builder.Services.AddSingleton(options.Reminders);
        builder.Services.AddSingleton<IReminderTable, ReminderTable>();
        builder.UseOrleans(silo =>
        {
            var (siloPort, gatewayPort) = FreePorts();
            silo.UseLocalhostClustering(
                siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, siloPort), options.Shard.Name, options.Shard.Name);
            silo.AddReminders();
            silo.Configure<MessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = options.CollectionAge);
        });
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new ShardHost(host, options.Shard.Name);
    }

    public async ValueTask DisposeAsync()
    {
        await Traffic.StopAsync();
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Two ports nobody listens on now; the silo listens on loopback only.</summary>
    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}

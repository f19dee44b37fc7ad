using System.Collections.Concurrent;
using Game.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Game.Hosting;

/// <summary>
/// Orleans clients of other shards' clusters, each made when one of its shards is first asked for: a gateway that never serves a
/// guild of another shard has no connection to it.
/// </summary>
public sealed class RemoteShards(RemoteShardOptions options) : IRemoteShards
{
    // As often as the silos look at each other.
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Lazy<Client>> _clients = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    public IGrainFactory Get(string shard)
    {
        var client = _clients.GetOrAdd(options.ClusterOf(shard), name => new Lazy<Client>(() => Connect(name))).Value;

        // Before it has connected it knows none of the cluster's grains.
        return client.Connected.IsCompletedSuccessfully
            ? new ShardGrainFactory(shard, client.Grains)
            : throw new OrleansException($"Shard {shard} is not connected yet, or cannot be reached.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var client in _clients.Values)
        {
            await client.Value.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private Client Connect(string cluster)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.UseOrleansClient(client =>
        {
            client.Configure<global::Orleans.Configuration.ClusterOptions>(ids =>
            {
                ids.ClusterId = options.ClusterId;
                ids.ServiceId = cluster;
            });
            client.UseAdoNetClustering(database =>
            {
                database.Invariant = SiloHost.Npgsql;
                database.ConnectionString = options.ConnectionStringOf(cluster);
            });
            ForeignExceptionCodec.AddTo(client.Services);
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = GatewayRefresh);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            if (options.Tracing)
            {
                client.AddActivityPropagation();
            }

            // Its silos may be starting, or all down: it goes on trying as long as this process runs.
            client.UseConnectionRetryFilter(async (_, cancellationToken) =>
            {
                await Task.Delay(BetweenAttempts, cancellationToken);
                return true;
            });
        });
        var host = builder.Build();
        return new Client(host, host.StartAsync(_stopping.Token));
    }

    private sealed record Client(IHost Host, Task Connected) : IAsyncDisposable
    {
        public IGrainFactory Grains { get; } = Host.Services.GetRequiredService<IGrainFactory>();

        public async ValueTask DisposeAsync()
        {
            await Connected.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Connected.IsCompletedSuccessfully)
            {
                await Host.StopAsync();
            }

            Host.Dispose();
        }
    }
}

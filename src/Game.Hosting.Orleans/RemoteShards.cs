using System.Collections.Concurrent;
using Game.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Game.Hosting.Orleans;

/// <summary>
/// Orleans clients of other shards' clusters, each made when its shard is first asked for: a gateway that never serves a
/// guild of another shard has no connection to it.
/// </summary>
public sealed class RemoteShards(RemoteShardOptions options) : IRemoteShards
{
    // As often as the silos look at each other.
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Lazy<Client>> _clients = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    public IGrainFactory Get(string shard) =>
        _clients.GetOrAdd(shard, name => new Lazy<Client>(() => Connect(name))).Value.Grains;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var client in _clients.Values)
        {
            await client.Value.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private Client Connect(string shard)
    {
        var link = new Link(shard, options.ConnectTimeout);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.UseOrleansClient(client =>
        {
            client.Configure<global::Orleans.Configuration.ClusterOptions>(ids =>
            {
                ids.ClusterId = options.ClusterId;
                ids.ServiceId = shard;
            });
            client.UseAdoNetClustering(database =>
            {
                database.Invariant = ShardHost.Npgsql;
                database.ConnectionString = options.ConnectionStringOf(shard);
            });
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = GatewayRefresh);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            client.AddActivityPropagation();
            client.AddOutgoingGrainCallFilter(link);

            // The shard's silos may be starting, or all down: it goes on trying as long as this process runs.
            client.UseConnectionRetryFilter(async (_, cancellationToken) =>
            {
                await Task.Delay(BetweenAttempts, cancellationToken);
                return true;
            });
        });
        var host = builder.Build();
        link.Connected = host.StartAsync(_stopping.Token);
        return new Client(host, link.Connected, options.LoggerFactory.CreateLogger<RemoteShards>());
    }

    private sealed record Client(IHost Host, Task Connected, ILogger Logger) : IAsyncDisposable
    {
        public IGrainFactory Grains { get; } = Host.Services.GetRequiredService<IGrainFactory>();

        public async ValueTask DisposeAsync()
        {
            await Connected.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (Connected.IsCompletedSuccessfully)
            {
                await Host.StopAsync();
            }

            Host.Dispose();
        }
    }

    /// <summary>Holds calls until there is a connection.</summary>
    private sealed class Link(string shard, TimeSpan patience) : IOutgoingGrainCallFilter
    {
        public Task Connected { get; set; } = Task.CompletedTask;

        public async Task Invoke(IOutgoingGrainCallContext context)
        {
            if (!Connected.IsCompletedSuccessfully)
            {
                try
                {
                    await Connected.WaitAsync(patience);
                }
                catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
                {
                    throw new OrleansException($"Shard {shard} cannot be reached.", exception);
                }
            }

            await context.Invoke();
        }
    }
}

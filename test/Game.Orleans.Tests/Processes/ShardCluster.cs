using Game.Contracts;
using Game.EventStore.Postgres;
using Game.Grains.Hosting;
using Game.LocalServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;

namespace Game.Orleans.Tests.Processes;

/// <summary>Silo processes of one shard or more over a PostgreSQL server of their own, called through a client of this process.</summary>
internal sealed class ShardCluster : IAsyncDisposable
{
    public const string ClusterId = "test";

    private const int MaxStarts = 5;
    private const int MaxConnects = 100;

    private IHost? _client;

    private ShardCluster(PostgresServer server, IReadOnlyList<string> databases)
    {
        Server = server;
        Databases = databases;
    }

    public PostgresServer Server { get; }

    /// <summary>That of the first shard, where the silos meet.</summary>
    public string Database => Databases[0];

    /// <summary>One a shard: s01, s02, …</summary>
    public IReadOnlyList<string> Databases { get; }

    public List<SiloProcess> Silos { get; } = [];

    public IGrainFactory Grains(string shard) => new ShardGrainFactory(shard, _client!.Services.GetRequiredService<IClusterClient>());

    public static async Task<ShardCluster> StartAsync(int silos, int shards = 1)
    {
        var server = await StartServerAsync();
        var databases = new List<string>();
        for (var i = 0; i < shards; i++)
        {
            databases.Add(await server.CreateDatabaseAsync());
            await PostgresSchema.MigrateAsync(databases[i]);
        }

        var cluster = new ShardCluster(server, databases);
        for (var i = 0; i < silos; i++)
        {
            cluster.Silos.Add(await cluster.StartSiloAsync(ContractVersion.Current, ContractVersion.Oldest));
        }

        await cluster.ConnectAsync();
        return cluster;
    }

    /// <summary>Skips the test where PostgreSQL is not installed; on CI that is a failure.</summary>
    public static async Task<PostgresServer> StartServerAsync()
    {
        try
        {
            return await PostgresServer.StartAsync();
        }
        catch (ServerMissingException exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    /// <summary>Silos that the cluster takes for alive.</summary>
    public async Task<long> CountMembersAsync()
    {
        // 3: active.
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand("SELECT count(*) FROM orleans_silo WHERE status = 3");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Starts a silo in the place of one that is gone.</summary>
    public async Task ReplaceAsync(int index, int contract = ContractVersion.Current, int oldest = ContractVersion.Oldest)
    {
        var next = await StartSiloAsync(contract, oldest);
        Silos[index].Dispose();
        Silos[index] = next;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        Silos.ForEach(silo => silo.Dispose());
        await Server.DisposeAsync();
    }

    /// <summary>
    /// One that ends before it has joined, because a busy machine lets it wait until the others take it for dead, is started again,
    /// as an operator's platform does it.
    /// </summary>
    private async Task<SiloProcess> StartSiloAsync(int contract, int oldest)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SiloProcess.StartAsync(Databases, ClusterId, contract, oldest);
            }
            catch (InvalidOperationException exception) when (attempt < MaxStarts)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(exception.Message);
            }
        }
    }

    private async Task ConnectAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(ids =>
            {
                ids.ClusterId = ClusterId;
                ids.ServiceId = SiloChild.Shard;
            });
            client.UseAdoNetClustering(database =>
            {
                database.Invariant = "Npgsql";
                database.ConnectionString = Database;
            });
            var left = MaxConnects;
            client.UseConnectionRetryFilter(async (_, cancellationToken) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                return left-- > 0;
            });
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
        });
        _client = builder.Build();
        await _client.StartAsync();
    }
}

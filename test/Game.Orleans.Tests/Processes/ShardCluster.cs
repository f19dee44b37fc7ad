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

/// <summary>A shard of silo processes over a PostgreSQL server of its own, called through a client of this process.</summary>
internal sealed class ShardCluster : IAsyncDisposable
{
    public const string ClusterId = "test";

    private IHost? _client;

    private ShardCluster(PostgresServer server, string database)
    {
        Server = server;
        Database = database;
    }

    public PostgresServer Server { get; }

    public string Database { get; }

    public List<SiloProcess> Silos { get; } = [];

    public IGrainFactory Grains => new ShardGrainFactory(SiloChild.Shard, _client!.Services.GetRequiredService<IClusterClient>());

    public static async Task<ShardCluster> StartAsync(int silos)
    {
        var server = await StartServerAsync();
        var database = await server.CreateDatabaseAsync();
        await PostgresSchema.MigrateAsync(database);
        var cluster = new ShardCluster(server, database);
        for (var i = 0; i < silos; i++)
        {
            cluster.Silos.Add(await SiloProcess.StartAsync(database, ClusterId));
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
        Silos[index].Dispose();
        Silos[index] = await SiloProcess.StartAsync(Database, ClusterId, contract, oldest);
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
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
        });
        _client = builder.Build();
        await _client.StartAsync();
    }
}

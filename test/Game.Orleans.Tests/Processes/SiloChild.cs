using System.Net;
using System.Runtime.InteropServices;
using Game.Broadcast.InProcess;
using Game.Contracts.Identity;
using Game.EventStore;
using Game.EventStore.Postgres;
using Game.Grains;
using Game.Grains.Hosting;
using Game.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Orleans.Tests.Processes;

/// <summary>
/// A silo process of shards s01, s02, … over a PostgreSQL database each. Says "ready" when it has joined; SIGTERM drains it. Its bus is its
/// own: the tests of a cluster keep to commands that stay within an aggregate.
/// </summary>
internal static class SiloChild
{
    public const string Argument = "--silo";
    public const string Shard = "s01";

    /// <summary>Between the connection strings of the shards' databases.</summary>
    public const char Separator = '|';

    /// <param name="arguments">Connection strings, cluster id, silo port, gateway port, contract version, oldest contract version.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var ended = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            ended.Cancel();
        });
        var (databases, cluster, siloPort, gatewayPort) = (arguments[0].Split(Separator), arguments[1], int.Parse(arguments[2], null), int.Parse(arguments[3], null));
        var (contract, oldest) = (int.Parse(arguments[4], null), int.Parse(arguments[5], null));
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Error).AddSimpleConsole(console => console.SingleLine = true));
        var folder = Directory.CreateTempSubdirectory("game-silo-").FullName;
        IReadOnlyList<string> names = [.. databases.Select((_, i) => ShardId.Numbered(i + 1))];
        var stores = new List<PostgresEventStore>();
        try
        {
            foreach (var (name, database) in names.Zip(databases))
            {
                stores.Add(await new ShardClaim(name, cluster, contract, oldest)
                    .OpenAsync(database, TimeSpan.FromSeconds(30), TimeProvider.System, loggers.CreateLogger<ShardClaim>()));
            }

            await using var bus = InProcessBus.Open(
                new InProcessBusOptions { Path = Path.Combine(folder, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance);
            await using var host = await SiloHost.StartAsync(
                new SiloHostOptions
                {
                    Shards =
                    [
                        .. names.Zip(stores, (name, store) => new ShardHostOptions
                        {
                            Shard = new ShardIdentity(name, names),
                            Store = store,
                            Reminders = store.Items("reminders"),
                            Bus = bus,
                            LoggerFactory = loggers,
                        }),
                    ],
                    LoggerFactory = loggers,
                    Dashboard = new DashboardSampling(),
                    ResponseTimeout = TimeSpan.FromSeconds(5),
                    Cluster = new ClusterOptions
                    {
                        ClusterId = cluster,
                        ServiceId = Shard,
                        ConnectionString = databases[0],
                        Address = IPAddress.Loopback,
                        SiloPort = siloPort,
                        GatewayPort = gatewayPort,
                        SiloName = $"silo-{siloPort}",
                    },
                },
                ended.Token);
            await host.StartTrafficAsync(ended.Token);
            await Console.Out.WriteLineAsync("ready");
            await Task.Delay(Timeout.Infinite, ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            return 0;
        }
        catch (EventStoreException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        finally
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }
}

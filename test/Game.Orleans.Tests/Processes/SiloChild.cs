using System.Net;
using System.Runtime.InteropServices;
using Game.Broadcast.InProcess;
using Game.EventStore;
using Game.EventStore.Postgres;
using Game.Grains;
using Game.Grains.Hosting;
using Game.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Orleans.Tests.Processes;

/// <summary>
/// A silo process of shard s01 over a PostgreSQL database. Says "ready" when it has joined; SIGTERM drains it. Its bus is its
/// own: the tests of a cluster keep to commands that stay within an aggregate.
/// </summary>
internal static class SiloChild
{
    public const string Argument = "--silo";
    public const string Shard = "s01";

    /// <param name="arguments">Connection string, cluster id, silo port, gateway port, contract version, oldest contract version.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var ended = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            ended.Cancel();
        });
        var (database, cluster, siloPort, gatewayPort) = (arguments[0], arguments[1], int.Parse(arguments[2], null), int.Parse(arguments[3], null));
        var (contract, oldest) = (int.Parse(arguments[4], null), int.Parse(arguments[5], null));
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Error).AddSimpleConsole(console => console.SingleLine = true));
        var folder = Directory.CreateTempSubdirectory("game-silo-").FullName;
        try
        {
            await using var store = await new ShardClaim(Shard, cluster, contract, oldest)
                .OpenAsync(database, TimeSpan.FromSeconds(30), TimeProvider.System, loggers.CreateLogger<ShardClaim>());
            await using var bus = InProcessBus.Open(
                new InProcessBusOptions { Path = Path.Combine(folder, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance);
            await using var host = await SiloHost.StartAsync(
                SiloHostOptions.Of(new ShardHostOptions
                {
                    Shard = new ShardIdentity(Shard, [Shard]),
                    Store = store,
                    Reminders = store.Items("reminders"),
                    Bus = bus,
                    LoggerFactory = loggers,
                }) with
                {
                    Dashboard = new DashboardSampling(),
                    ResponseTimeout = TimeSpan.FromSeconds(5),
                    Cluster = new ClusterOptions
                    {
                        ClusterId = cluster,
                        ServiceId = Shard,
                        ConnectionString = database,
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
            Directory.Delete(folder, recursive: true);
        }
    }
}

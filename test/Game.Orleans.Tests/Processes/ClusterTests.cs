using System.Diagnostics;
using Game.Broadcast.InProcess;
using Game.Contracts;
using Game.EventStore.Postgres;
using Game.Grains;
using Game.Grains.Hosting;
using Game.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Orleans.Tests.Processes;

/// <summary>
/// A shard of several silo processes over PostgreSQL whose silos and server are killed, halted and restarted while players
/// play. The ledger must be exact each time.
/// </summary>
public sealed class ClusterTests
{
    private const int Silos = 3;

    /// <summary>A silo that hosts several shards takes part of all of them with it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task RandomSilosKilled_EveryAnsweredCommandCountsOnce(int shards)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CLUSTER_SEED"), out var chosen) ? chosen : Random.Shared.Next();
        var kills = int.TryParse(Environment.GetEnvironmentVariable("CLUSTER_KILLS"), out var wanted) ? wanted : 5;
        TestContext.Current.TestOutputHelper?.WriteLine($"CLUSTER_SEED={seed}");
        var random = new Random(seed);
        await using var cluster = await ShardCluster.StartAsync(Silos, shards);
        var workload = new Workload(shards);
        await workload.StartAsync(cluster.Grains);
        for (var kill = 0; kill < kills; kill++)
        {
            await workload.WaitForMoreAsync(random.Next(500, 3000));
            var silo = random.Next(Silos);
            await cluster.Silos[silo].KillAsync();
            await workload.WaitForMoreAsync(random.Next(1, 500));
            await cluster.ReplaceAsync(silo);
        }

        await workload.VerifyAsync(cluster.Databases, cluster.Grains);
    }

    [Fact]
    public async Task RollingRestart_EveryAnsweredCommandCountsOnce()
    {
        await using var cluster = await ShardCluster.StartAsync(Silos);
        var workload = new Workload();
        await workload.StartAsync(cluster.Grains);
        for (var silo = 0; silo < Silos; silo++)
        {
            await workload.WaitForMoreAsync(1000);
            cluster.Silos[silo].Signal("TERM");
            await cluster.Silos[silo].WaitForExitAsync();
            Assert.Equal(0, cluster.Silos[silo].ExitCode);
            await cluster.ReplaceAsync(silo);
        }

        await workload.VerifyAsync(cluster.Databases, cluster.Grains);
    }

    /// <summary>
    /// Silos of the next contract version take the places of those of this one while players play; when all understand only the
    /// new one, an old silo is refused.
    /// </summary>
    [Fact]
    public async Task RollingUpgrade_OldAndNewContractVersionsPlayTogether_UntilTheOldOneIsRefused()
    {
        const int Next = ContractVersion.Current + 1;
        await using var cluster = await ShardCluster.StartAsync(Silos);
        var workload = new Workload();
        await workload.StartAsync(cluster.Grains);
        for (var silo = 0; silo < Silos; silo++)
        {
            await workload.WaitForMoreAsync(500);
            cluster.Silos[silo].Signal("TERM");
            await cluster.Silos[silo].WaitForExitAsync();
            await cluster.ReplaceAsync(silo, Next, ContractVersion.Current);
        }

        await workload.WaitForMoreAsync(500);
        cluster.Silos[0].Signal("TERM");
        await cluster.Silos[0].WaitForExitAsync();
        await cluster.ReplaceAsync(0, Next, Next);
        await workload.WaitForMoreAsync(500);
        using var late = SiloProcess.Launch(cluster.Databases, ShardCluster.ClusterId);
        Assert.Contains(
            $"its silos speak contract version {Next} and understand {Next} and later, this build {ContractVersion.Current}",
            await late.WaitForExitAsync(),
            StringComparison.Ordinal);
        Assert.Equal(1, late.ExitCode);
        await workload.VerifyAsync(cluster.Databases, cluster.Grains);
    }

    /// <summary>The others take it for dead; when it goes on it finds that out, and ends.</summary>
    [Fact]
    public async Task SiloHaltedPastItsLease_EndsWhenItGoesOn_AndNothingIsStoredTwice()
    {
        await using var cluster = await ShardCluster.StartAsync(Silos);
        var workload = new Workload();
        await workload.StartAsync(cluster.Grains);
        await workload.WaitForMoreAsync(1000);
        cluster.Silos[0].Signal("STOP");
        var halted = Stopwatch.GetTimestamp();
        await WaitForMembersAsync(cluster, Silos - 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"taken for dead after {Stopwatch.GetElapsedTime(halted).TotalSeconds:F1} s");
        await workload.WaitForMoreAsync(1000);
        cluster.Silos[0].Signal("CONT");
        await cluster.Silos[0].WaitForExitAsync();
        await workload.WaitForMoreAsync(1000);
        await workload.VerifyAsync(cluster.Databases, cluster.Grains);
    }

    [Fact]
    public async Task DatabaseKilledAndAwayForAWhile_PlayGoesOnAfterwards_AndTheLedgerIsExact()
    {
        await using var cluster = await ShardCluster.StartAsync(Silos);
        var workload = new Workload();
        await workload.StartAsync(cluster.Grains);
        foreach (var outage in (int[])[0, 3, 30])
        {
            await workload.WaitForMoreAsync(1000);
            await cluster.Server.KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(outage), TestContext.Current.CancellationToken);
            await cluster.Server.RestartAsync(TestContext.Current.CancellationToken);
        }

        await workload.WaitForMoreAsync(1000);
        Assert.All(cluster.Silos, silo => Assert.False(silo.HasExited));
        await workload.VerifyAsync(cluster.Databases, cluster.Grains);
    }

    /// <summary>Two clusters that know nothing of each other have two activations of every grain.</summary>
    [Fact]
    public async Task TwoActivationsOfEveryGrain_TheStoreDecides_AndTheLoserReadsAgain()
    {
        await using var server = await ShardCluster.StartServerAsync();
        var database = await server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await PostgresSchema.MigrateAsync(database, TestContext.Current.CancellationToken);
        using var folder = new TemporaryFolder();
        await using var bus = InProcessBus.Open(
            new InProcessBusOptions { Path = Path.Combine(folder.Path, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance);
        await using var firstStore = await PostgresEventStore.OpenAsync(database, TestContext.Current.CancellationToken);
        await using var secondStore = await PostgresEventStore.OpenAsync(database, TestContext.Current.CancellationToken);
        await using var first = await StartAsync(firstStore);
        await using var second = await StartAsync(secondStore);

        // A player's commands go to one cluster and the other in turn, so that each finds what it knows outdated.
        var workload = new Workload();
        await workload.StartAsync(shard => first[shard].Grains, shard => second[shard].Grains);
        await workload.WaitForMoreAsync(2000);

        // What a grain says between its commands may be outdated here; what is stored is not.
        await workload.VerifyAsync([database], grains: null);

        Task<SiloHost> StartAsync(PostgresEventStore store) => SiloHost.StartAsync(
            SiloHostOptions.Of(new ShardHostOptions
            {
                Shard = new ShardIdentity(SiloChild.Shard, [SiloChild.Shard]),
                Store = store,
                Reminders = store.Items("reminders"),
                Bus = bus,
                LoggerFactory = NullLoggerFactory.Instance,
            }),
            TestContext.Current.CancellationToken);
    }

    private static async Task WaitForMembersAsync(ShardCluster cluster, int members)
    {
        while (await cluster.CountMembersAsync() > members)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task SiloOfAnotherCluster_IsRefused_AndSaysWhy()
    {
        await using var cluster = await ShardCluster.StartAsync(1);
        using var stranger = SiloProcess.Launch(cluster.Databases, "other");
        Assert.Contains("belongs to cluster test, not other", await stranger.WaitForExitAsync(), StringComparison.Ordinal);
        Assert.Equal(1, stranger.ExitCode);
    }
}

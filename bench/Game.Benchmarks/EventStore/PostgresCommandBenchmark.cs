using System.Diagnostics;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Grains.Hosting;
using Game.LocalServers;

namespace Game.Benchmarks.EventStore;

/// <summary>
/// Durable commands over PostgreSQL, beside one transaction a command on the same server with prepared statements: the store
/// alone from 64 callers; players' grains from 64 and from 1,024, and how long a single command takes, on a shard of one silo and of
/// three. The baseline has a connection a caller, but at most 64: PostgreSQL takes 100 by default, and each is a process of its own.
/// It shares its own flushes among them.
/// </summary>
public sealed class PostgresCommandBenchmark : IBenchmark
{
    private const int Connections = 64;
    private const int MostCallers = 1024;
    private const string Goal = "≥ 10×";

    public string Name => "commands-postgres";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        try
        {
            await using var server = await PostgresServer.StartAsync(cancellationToken);
            await using var single = await OneTransactionACommandOnPostgres.OpenAsync(server, Connections, cancellationToken);
            var versions = new long[MostCallers];
            Task AppendAsync(int caller) => single.AppendAsync($"player/{caller}", versions[caller]++);

            var rows = new List<Row> { await MeasureStoreAsync(server, AppendAsync, quick, cancellationToken) };
            foreach (var silos in (int[])[1, 3])
            {
                await using var shard = await Shards.StartAsync(
                    new ShardsSetup { Server = server, Silos = silos, Dashboard = true, Traffic = false }, cancellationToken);
                var players = await RegisterAsync(shard.Hosts[0]);
                var sent = new long[MostCallers];
                async Task CommandAsync(int caller) => Require(
                    (await players[caller].HandleAsync(new AwardExperience($"c{sent[caller]++}", 1, "quest"))).Accepted);

                foreach (var callers in (int[])[Connections, MostCallers])
                {
                    var (ours, baseline) = (0.0, 0.0);
                    for (var round = 0; round < (quick ? 2 : 3); round++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        baseline = Math.Max(baseline, await RateAsync(AppendAsync, callers, quick ? 1.5 : 5));
                        ours = Math.Max(ours, await RateAsync(CommandAsync, callers, quick ? 1.5 : 5));
                    }

                    rows.Add(Row.Rate(
                        $"durable commands to player grains, {SilosOf(silos)}, {callers} callers", ours, baseline, "commands/s", Goal, (_, ratio) => ratio >= 10));
                }

                var alone = await LatencyAsync(AppendAsync, quick ? 300 : 2000);
                var command = await LatencyAsync(CommandAsync, quick ? 300 : 2000);
                rows.Add(Row.Cost($"one durable command, {SilosOf(silos)}, p50", command.P50, alone.P50, "ms"));
                rows.Add(Row.Cost($"one durable command, {SilosOf(silos)}, p99", command.P99, alone.P99, "ms"));
            }

            return rows;
        }
        catch (ServerMissingException exception)
        {
            return [Row.WithoutBaseline("durable commands over PostgreSQL", 0, "commands/s", Goal, exception.Message)];
        }
    }

    private static async Task<Row> MeasureStoreAsync(
        PostgresServer server, Func<int, Task> baseline, bool quick, CancellationToken cancellationToken)
    {
        await using var store = await PostgresAppends.OpenAsync(server, Connections, cancellationToken);
        var (ours, theirs) = (0.0, 0.0);
        for (var round = 0; round < (quick ? 2 : 3); round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            theirs = Math.Max(theirs, await RateAsync(baseline, Connections, quick ? 1.5 : 5));
            ours = Math.Max(ours, await RateAsync(store.AppendAsync, Connections, quick ? 1.5 : 5));
        }

        return Row.Rate($"durable appends, {Connections} callers", ours, theirs, "commands/s", Goal, (_, ratio) => ratio >= 10);
    }

    private static string SilosOf(int silos) => silos == 1 ? "1 silo" : $"{silos} silos";

    private static async Task<IPlayerGrain[]> RegisterAsync(HostedShard shard)
    {
        var players = new IPlayerGrain[MostCallers];
        for (var i = 0; i < players.Length; i++)
        {
            players[i] = shard.Grains.GetGrain<IPlayerGrain>(EntityId.New(shard.Name, DateTimeOffset.UtcNow).ToString());
            Require((await players[i].HandleAsync(new RegisterPlayer("register", $"Player{i}", 100))).Accepted);
        }

        return players;
    }

    private static async Task<double> RateAsync(Func<int, Task> send, int callers, double seconds)
    {
        var sent = new long[callers];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; sent[caller]++)
            {
                await send(caller);
            }
        })));
        return sent.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>One at a time, to all players in turn.</summary>
    private static async Task<(double P50, double P99)> LatencyAsync(Func<int, Task> send, int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await send(i % Connections);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return (times[count / 2], times[count * 99 / 100]);
    }

    private static void Require(bool stored)
    {
        if (!stored)
        {
            throw new InvalidOperationException("A command was not stored.");
        }
    }
}

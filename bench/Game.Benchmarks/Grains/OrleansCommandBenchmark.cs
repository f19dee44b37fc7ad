using System.Diagnostics;
using Game.Benchmarks.EventStore;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.LocalServers;

namespace Game.Benchmarks;

/// <summary>
/// Durable commands to players' grains on Orleans over PostgreSQL, beside one transaction a command on the same server: how
/// many a second from 64 and from 1,024 callers, and how long a single one takes, on a shard of one silo and of three. The baseline
/// has a connection a caller, but at most 64: PostgreSQL takes 100 by default, and each is a process of its own.
/// </summary>
public sealed class OrleansCommandBenchmark : IBenchmark
{
    private const int Connections = 64;
    private const int MostCallers = 1024;
    private const string Goal = "≥ 10×";

    public string Name => "orleans-commands";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        try
        {
            await using var server = await PostgresServer.StartAsync(cancellationToken);
            await using var single = await OneTransactionACommandOnPostgres.OpenAsync(server, Connections, cancellationToken);
            var versions = new long[MostCallers];
            Task AppendAsync(int caller) => single.AppendAsync($"player/{caller}", versions[caller]++);

            var rows = new List<Row>();
            foreach (var silos in (int[])[1, 3])
            {
                await using var shard = await OrleansShard.StartAsync(server, silos, cancellationToken);
                var players = await RegisterAsync(shard.Grains);
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
                        $"durable commands on Orleans, {silos} silos, {callers} callers", ours, baseline, "commands/s", Goal, (_, ratio) => ratio >= 10));
                }

                var alone = await LatencyAsync(AppendAsync, quick ? 300 : 2000);
                var command = await LatencyAsync(CommandAsync, quick ? 300 : 2000);
                rows.Add(Row.Cost($"one durable command on Orleans, {silos} silos, p50", command.P50, alone.P50, "ms"));
                rows.Add(Row.Cost($"one durable command on Orleans, {silos} silos, p99", command.P99, alone.P99, "ms"));
            }

            return rows;
        }
        catch (ServerMissingException exception)
        {
            return [Row.WithoutBaseline("durable commands on Orleans", 0, "commands/s", Goal, exception.Message)];
        }
    }

    private static async Task<IPlayerGrain[]> RegisterAsync(IGrainFactory grains)
    {
        var players = new IPlayerGrain[MostCallers];
        for (var i = 0; i < players.Length; i++)
        {
            players[i] = grains.GetGrain<IPlayerGrain>(EntityId.New(OrleansShard.Name, DateTimeOffset.UtcNow).ToString());
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

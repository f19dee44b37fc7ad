using System.Diagnostics;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.EventStore;
using Game.EventStore.Sqlite;
using Game.Grains.EventSourcing;
using Game.Grains.Hosting;

namespace Game.Benchmarks.EventStore;

/// <summary>
/// Durable commands a second from 64 callers, each with a stream of its own, each awaiting one answer before it sends the
/// next: the store alone, and players' grains with their rules and events on top, beside <see cref="OneTransactionACommand"/>
/// on the same disk with the same <c>synchronous=FULL</c>.
/// </summary>
public sealed class CommandBenchmark : IBenchmark
{
    private const int Callers = 64;

    public string Name => "commands";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var seconds = quick ? 1.5 : 5;
        var rounds = quick ? 2 : 3;
        var folder = Directory.CreateTempSubdirectory("game-commands-").FullName;
        try
        {
            using var single = new OneTransactionACommand(Path.Combine(folder, "baseline.db"));
            await using var alone = SqliteEventStore.Open(Path.Combine(folder, "alone.db"));
            await using var shard = await Shards.StartAsync(new ShardsSetup { Traffic = false }, cancellationToken);
            var players = await RegisterAsync(shard.Hosts[0]);

            var codec = EventCodec.ForGame();
            Func<int, long, Task> append = (caller, i) => AppendAsync(alone, codec, caller, i);
            Func<int, long, Task> command = async (caller, i) => Require(
                (await players[caller].HandleAsync(new AwardExperience($"c{i}", 1, "quest"))).Accepted);
            Func<int, long, Task> baseline = (caller, i) => single.AppendAsync(
                $"player/{caller}", i, $"c{i}", codec.Encode(new ExperienceGained(DateTimeOffset.UtcNow, i, "quest")).Body);

            // Rounds alternate so that a disturbance of the disk meets all; the best round counts for each.
            var best = new double[3];
            for (var round = 0; round < rounds; round++)
            {
                best[0] = Math.Max(best[0], await MeasureAsync(baseline, round, seconds, cancellationToken));
                best[1] = Math.Max(best[1], await MeasureAsync(append, round, seconds, cancellationToken));
                best[2] = Math.Max(best[2], await MeasureAsync(command, round, seconds, cancellationToken));
            }

            return
            [
                Row.Rate($"durable appends, {Callers} callers", best[1], best[0], "commands/s", "≥ 20×", (_, ratio) => ratio >= 20),
                Row.Rate($"durable commands to player grains, {Callers} callers", best[2], best[0], "commands/s", "≥ 20×", (_, ratio) => ratio >= 20),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IPlayerGrain[]> RegisterAsync(HostedShard shard)
    {
        var players = new IPlayerGrain[Callers];
        for (var i = 0; i < Callers; i++)
        {
            players[i] = shard.Grains.GetGrain<IPlayerGrain>(EntityId.New(shard.Name, DateTimeOffset.UtcNow).ToString());
            Require((await players[i].HandleAsync(new RegisterPlayer("register", $"Player{i}", 100))).Accepted);
        }

        return players;
    }

    private static async Task AppendAsync(SqliteEventStore store, EventCodec codec, int caller, long i)
    {
        var now = DateTimeOffset.UtcNow;
        var result = await store.AppendAsync(
            $"player/{caller}", i, [new Commit($"c{i}", "00112233445566778899AABBCCDDEEFF", now, [codec.Encode(new ExperienceGained(now, i, "quest"))])]);
        Require(result.Status == AppendStatus.Appended);
    }

    private static void Require(bool stored)
    {
        if (!stored)
        {
            throw new InvalidOperationException("A command was not stored.");
        }
    }

    /// <param name="send">Stores the i-th command of a caller.</param>
    /// <param name="round">Each caller goes on in its stream where the round before ended.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<double> MeasureAsync(Func<int, long, Task> send, int round, double seconds, CancellationToken cancellationToken)
    {
        var next = _next.TryGetValue(send, out var known) ? known : _next[send] = new long[Callers];
        if (round == 0)
        {
            await RunAsync(0.3);
        }

        return await RunAsync(seconds);

        async Task<double> RunAsync(double duration)
        {
            var before = next.Sum();
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(
                async () =>
                {
                    while (Stopwatch.GetElapsedTime(started).TotalSeconds < duration)
                    {
                        await send(caller, next[caller]);
                        next[caller]++;
                    }
                },
                cancellationToken)));
            return (next.Sum() - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }

    private readonly Dictionary<Func<int, long, Task>, long[]> _next = [];
}

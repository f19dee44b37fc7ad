using System.Diagnostics;
using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Domain.Players;
using Game.EventStore;
using Game.Grains.EventSourcing;

namespace Game.Benchmarks.EventStore;

/// <summary>
/// Time until a player with 100,000 events answers the first call: from the newest snapshot and the longest tail that one
/// leaves behind, in a silo just started; and from the events alone.
/// </summary>
public sealed class ActivationBenchmark : IBenchmark
{
    private const int Events = 100_000;
    private const int Tail = (int)AggregateReader<Player>.MinSnapshotInterval - 1;
    private const double GoalMilliseconds = 5;

    private readonly EventCodec _codec = EventCodec.ForGame();

    public string Name => "activation";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        await using var shards = await Shards.StartAsync(new ShardsSetup { Traffic = false }, cancellationToken);
        var shard = shards.Names[0];
        var store = shards.StoreOf(shard);
        var player = EntityId.New(shard, DateTimeOffset.UtcNow).ToString();
        var stream = StreamName.Of(StreamName.Player, player);
        var version = await FillAsync(store, stream, 0, Events, cancellationToken);

        var replays = new double[quick ? 3 : 15];
        var reader = new AggregateReader<Player>(store, _codec, () => Player.Initial(player), (state, fact) => state.Apply(fact));
        for (var i = -1; i < replays.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var loaded = await reader.ReadAsync(stream, cancellationToken: cancellationToken);
            Require(loaded.Version == version && loaded.SnapshotVersion == 0);
            replays[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        // Each silo takes a snapshot when it stops, so each next one finds it and the events appended since.
        var activations = new double[quick ? 20 : 200];
        for (var i = -2; i < activations.Length; i++)
        {
            await shards.RestartAsync(cancellationToken);
            var started = Stopwatch.GetTimestamp();
            var view = await shards.Hosts[0].Grains.GetGrain<IPlayerGrain>(player).GetAsync();
            activations[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            Require(view is not null && view.Experience == version - 1);
            Require(i < 0 || (await store.ReadSnapshotAsync(stream, cancellationToken: cancellationToken))?.Version == version - Tail);
            version = await FillAsync(store, stream, version, Tail, cancellationToken);
        }

        Array.Sort(replays);
        Array.Sort(activations);
        var median = activations[activations.Length / 2];
        return
        [
            Row.Cost(
                $"activation, {Events:N0} events, snapshot + {Tail} events, p50, beside the events alone", median, replays[replays.Length / 2], "ms",
                $"≤ {GoalMilliseconds} ms", (milliseconds, _) => milliseconds <= GoalMilliseconds),
            Row.Single($"activation, {Events:N0} events, snapshot + {Tail} events, p99", activations[activations.Length * 99 / 100], "ms"),
            Row.Single($"reading {Events:N0} events into a state, a second", Events / replays[replays.Length / 2] * 1000, "events/s"),
        ];
    }

    /// <returns>The stream's version afterwards.</returns>
    private async Task<long> FillAsync(IEventStore store, string stream, long version, int events, CancellationToken cancellationToken)
    {
        var at = DateTimeOffset.UtcNow;
        foreach (var batch in Enumerable.Range(0, events).Select(i => version + i).Chunk(500))
        {
            var commits = batch.Select(i => new Commit($"command-{i}", "00112233445566778899AABBCCDDEEFF", at, [_codec.Encode(Fact(i))])).ToList();
            var result = await store.AppendAsync(stream, batch[0], commits, cancellationToken);
            Require(result.Status == AppendStatus.Appended);
        }

        return version + events;

        GameEvent Fact(long i) => i == 0 ? new PlayerRegistered(at, "Ada", 1000) : new ExperienceGained(at, 1, $"quest-{i % 100}");
    }

    private static void Require(bool held)
    {
        if (!held)
        {
            throw new InvalidOperationException("The measurement does not measure what it should.");
        }
    }
}

using System.Text.Json;
using Game.EventStore;
using Game.EventStore.InMemory;
using Game.Grains.EventSourcing;
using Game.Grains.Relay;
using Game.Silo.Kafka;
using Game.Silo.Settings;

namespace Game.Silo.Commands;

/// <summary>
/// Compares what Kafka holds with the stores of this process's shards: every stream's state at random instants, byte for byte, one
/// side read with its snapshots and the other from events alone. Holds a shard's whole log in memory.
/// </summary>
internal static class VerifyCommand
{
    private const int PageSize = 2000;
    private const int DifferencesShown = 20;

    /// <returns>0 if nothing differs.</returns>
    public static async Task<int> RunAsync(SiloSettings settings, int instants, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var history = KafkaHistory.Of(settings);
        var differences = new List<string>();
        var (streams, states) = (0, 0L);
        foreach (var shard in settings.OwnShards)
        {
            await using var opened = await ShardStore.InspectAsync(settings, shard, cancellationToken);
            await using var published = new InMemoryEventStore();
            var restore = await ShardRestore.BeginAsync(shard, published, cancellationToken);
            await foreach (var (_, logged) in history.ReadShardsAsync([shard], cancellationToken))
            {
                await restore.AddAsync(logged, cancellationToken);
            }

            await restore.CompleteAsync("verify", cancellationToken);
            var (names, first, last) = await ReadStreamsAsync(opened.Events, cancellationToken);
            if (await opened.Events.GetHeadAsync(cancellationToken) is var head && head != restore.Restored)
            {
                differences.Add($"shard {shard}: the store holds {head} events, Kafka {restore.Restored}");
            }

            DateTimeOffset[] moments = [.. Enumerable.Range(0, instants).Select(_ => first + ((last - first) * random.NextDouble()))];
            foreach (var name in names)
            {
                streams++;
                foreach (var moment in moments)
                {
                    var stored = await ReadAsync(opened.Events, name, moment, cancellationToken);
                    states += stored.Version > 0 ? 1 : 0;
                    if (await ReadAsync(published, name, moment, cancellationToken) is var rebuilt
                        && (stored.Version != rebuilt.Version || !stored.State.AsSpan().SequenceEqual(rebuilt.State)))
                    {
                        differences.Add($"shard {shard}, stream {name} at {moment:O}: version {stored.Version} in the store, {rebuilt.Version} in Kafka, or states that differ");
                    }
                }
            }
        }

        foreach (var difference in differences.Take(DifferencesShown))
        {
            Console.Error.WriteLine(difference);
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            seed,
            shards = settings.OwnShards.Count,
            streams,
            instants,
            states,
            differences = differences.Count,
        }));
        return differences.Count == 0 ? 0 : 1;
    }

    private static readonly EventCodec Codec = EventCodec.ForGame();

    private static async Task<(byte[] State, long Version)> ReadAsync(
        IEventStore store, string stream, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var version = await store.FindVersionAsync(stream, at, cancellationToken);
        if (version == 0)
        {
            return ([], 0);
        }

        var (state, reached) = await ReplayCommand.ReadStateAsync(store, Codec, stream, version, cancellationToken);
        return (JsonSerializer.SerializeToUtf8Bytes(state, state.GetType(), EventCodec.Json), reached);
    }

    private static async Task<(IReadOnlyCollection<string> Streams, DateTimeOffset First, DateTimeOffset Last)> ReadStreamsAsync(
        IEventStore store, CancellationToken cancellationToken)
    {
        var streams = new SortedSet<string>(StringComparer.Ordinal);
        var (first, last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        var position = 0L;
        while (await store.ReadAllAsync(position, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var stored in page)
            {
                streams.Add(stored.Stream);
                (first, last) = (stored.At < first ? stored.At : first, stored.At > last ? stored.At : last);
            }

            position = page[^1].Position;
        }

        return streams.Count == 0 ? (streams, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch) : (streams, first, last);
    }
}

using System.Runtime.CompilerServices;
using Game.EventStore;
using Game.EventStore.InMemory;
using Game.Streaming.Kafka;

namespace Game.Grains.Relay;

/// <summary>The logs of shards as a topic holds them. Records that came more than once count once. Safe for concurrent use.</summary>
public sealed class PublishedLog(TopicScan scan, EventRecordCodec codec, IEventPlaces places)
{
    /// <summary>One stream, as a store of its own: its versions, instants and commands are those of the shard's store.</summary>
    /// <returns>A store without that stream if the topic has none of it.</returns>
    /// <exception cref="PublishedLogException">A version is missing, or two worlds wrote to the topic.</exception>
    /// <exception cref="RecordCodecException">A record of the stream cannot be understood.</exception>
    /// <exception cref="TopicScanException">The topic cannot be read.</exception>
    public async Task<IEventStore> ReadStreamAsync(string shard, string stream, CancellationToken cancellationToken = default)
    {
        var versions = new SortedDictionary<long, LoggedEvent>();
        var place = places.PartitionOf(shard, stream);
        await foreach (var record in scan.ReadAsync(codec.Topic, partition => partition == place, cancellationToken))
        {
            if (record.KeyText == stream && IsOf(record, shard))
            {
                var (_, logged) = codec.Decode(record);
                if (!versions.TryAdd(logged.Event.Version, logged))
                {
                    ThrowIfOther(shard, versions[logged.Event.Version], logged);
                }
            }
        }

        var store = new InMemoryEventStore();
        var commit = new List<LoggedEvent>();
        var expected = 1L;
        foreach (var logged in versions.Values)
        {
            if (logged.Event.Version != expected)
            {
                throw new PublishedLogException($"Stream {stream} of shard {shard}: version {expected} is not in topic {codec.Topic}, and {logged.Event.Version} is.");
            }

            commit.Add(logged);
            if (expected++ == Math.Min(logged.Command.LastVersion, versions.Count))
            {
                await store.AppendAsync(stream, commit[0].Event.Version - 1, [CommitOf(commit)], cancellationToken);
                commit.Clear();
            }
        }

        return store;
    }

    /// <summary>The logs of shards side by side, each in its own order and without gap.</summary>
    /// <exception cref="PublishedLogException">A position is missing, or two worlds wrote to the topic.</exception>
    /// <exception cref="RecordCodecException">A record of the shards cannot be understood.</exception>
    /// <exception cref="TopicScanException">The topic cannot be read.</exception>
    public async IAsyncEnumerable<(string Shard, LoggedEvent Event)> ReadShardsAsync(
        IReadOnlyCollection<string> shards, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var logs = shards.ToDictionary(shard => shard, _ => new Log(), StringComparer.Ordinal);
        await foreach (var record in scan.ReadAsync(codec.Topic, partition => shards.Any(shard => places.Owns(shard, partition)), cancellationToken))
        {
            if (record.Header(RecordHeaders.Id) is { } id && !logs.ContainsKey(ShardOf(id)))
            {
                continue;
            }

            var (shard, logged) = codec.Decode(record);
            if (!logs.TryGetValue(shard, out var log))
            {
                continue;
            }

            if (logged.Event.Position < log.Next)
            {
                if (log.Given[(int)(logged.Event.Position - 1)] != HashOf(logged))
                {
                    throw OtherAt(shard, logged);
                }

                continue;
            }

            if (!log.Waiting.TryAdd(logged.Event.Position, logged))
            {
                ThrowIfOther(shard, log.Waiting[logged.Event.Position], logged);
            }

            while (log.Waiting.Remove(log.Next, out var next))
            {
                log.Next++;
                log.Given.Add(HashOf(next));
                yield return (shard, next);
            }
        }

        foreach (var (shard, log) in logs)
        {
            if (log.Waiting.Count > 0)
            {
                throw new PublishedLogException(
                    $"Shard {shard}: position {log.Next} is not in topic {codec.Topic}, and {log.Waiting.Count} later ones are, up to {log.Waiting.Keys.Max()}.");
            }
        }
    }

    /// <summary>Position and command of every event of the shards, in no order and perhaps more than once; bodies stay sealed.</summary>
    /// <exception cref="RecordCodecException">A record cannot be understood.</exception>
    /// <exception cref="TopicScanException">The topic cannot be read.</exception>
    public async IAsyncEnumerable<(string Shard, (long Position, string Command) Event)> ReadCommandsAsync(
        IReadOnlyCollection<string> shards, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var consumed in scan.ReadAsync(codec.Topic, cancellationToken: cancellationToken))
        {
            var record = codec.Read(consumed);
            if (shards.Contains(record.Shard))
            {
                yield return (record.Shard, (record.Position, record.Command));
            }
        }
    }

    internal static Commit CommitOf(IReadOnlyList<LoggedEvent> events) => new(
        events[0].Command.CommandId,
        events[0].Command.Fingerprint,
        events[0].Event.At,
        [.. events.Select(logged => new EventData(logged.Event.Type, logged.Event.SchemaVersion, logged.Event.Body))]);

    private static string ShardOf(string id) => id[..Math.Max(0, id.IndexOf('/', StringComparison.Ordinal))];

    private static bool IsOf(ConsumedRecord record, string shard) => record.Header(RecordHeaders.Id) is not { } id || ShardOf(id) == shard;

    private void ThrowIfOther(string shard, LoggedEvent known, LoggedEvent again)
    {
        if (known.Event.Position != again.Event.Position || known.Event.Version != again.Event.Version || known.Event.Stream != again.Event.Stream
            || known.Command != again.Command || known.Event.At != again.Event.At || !known.Event.Body.Span.SequenceEqual(again.Event.Body.Span))
        {
            throw OtherAt(shard, again);
        }
    }

    private PublishedLogException OtherAt(string shard, LoggedEvent again) => new(
        $"Shard {shard}, stream {again.Event.Stream}, version {again.Event.Version}: topic {codec.Topic} holds two events for one place. More than one world has written to it.");

    /// <summary>The same for the same event, within this process; of different ones, one in four thousand million has another's.</summary>
    private static int HashOf(LoggedEvent logged)
    {
        var hash = default(HashCode);
        hash.Add(logged.Event.Stream);
        hash.Add(logged.Event.Version);
        hash.Add(logged.Event.At);
        hash.Add(logged.Command);
        hash.AddBytes(logged.Event.Body.Span);
        return hash.ToHashCode();
    }

    private sealed class Log
    {
        public long Next { get; set; } = 1;

        public Dictionary<long, LoggedEvent> Waiting { get; } = [];

        /// <summary>Hashes of the events before <see cref="Next"/>, to know others in their places: four bytes an event.</summary>
        public List<int> Given { get; } = [];
    }
}

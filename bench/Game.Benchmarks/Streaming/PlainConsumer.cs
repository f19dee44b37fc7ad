using System.Collections.Concurrent;
using System.Diagnostics;
using Game.Contracts.Analytics;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks.Streaming;

/// <summary>
/// What a consumer of the topic costs that only reads, understands and counts by kind and minute, in memory: no players, no windows,
/// nothing durable but its offsets.
/// </summary>
internal sealed class PlainConsumer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(int Partition, long Offset), long> _seen = new();
    private readonly List<PartitionReader> _readers = [];
    private readonly List<Task> _reading = [];
    private readonly bool _notes;
    private long _counted;

    /// <param name="kafka">The broker.</param>
    /// <param name="group">Its own.</param>
    /// <param name="notes">Whether it notes when it has counted each record.</param>
    public PlainConsumer(KafkaOptions kafka, string group, bool notes)
    {
        _notes = notes;
        for (var partition = 0; partition < AnalyticsShard.Partitions; partition++)
        {
            var options = new PartitionReaderOptions { Topic = AnalyticsShard.Topic.Name, Partition = partition, Group = group };
            var reader = PartitionReader.Start(kafka, options, TimeProvider.System, NullLogger<PartitionReader>.Instance);
            _readers.Add(reader);
            _reading.Add(Task.Run(() => ReadAsync(reader)));
        }
    }

    public long Counted => Volatile.Read(ref _counted);

    /// <summary>When a record was counted, as <see cref="Stopwatch.GetTimestamp"/> tells it; null: it was not yet.</summary>
    public long? CountedAt(RecordPosition position) =>
        _seen.TryGetValue((position.Partition, position.Offset), out var at) ? at : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
        {
            await reader.DisposeAsync();
        }

        await Task.WhenAll(_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReadAsync(PartitionReader reader)
    {
        var counts = new Dictionary<(ActionKind, long), long>();
        while (true)
        {
            var batch = await reader.ReadAsync();
            foreach (var record in batch)
            {
                var action = (PlayerAction)AnalyticsShard.Topic.Codec.Decode(record);
                var key = (action.Kind, action.At.ToUnixTimeSeconds() / 60);
                counts[key] = counts.GetValueOrDefault(key) + 1;
                if (_notes)
                {
                    _seen[(record.Partition, record.Offset)] = Stopwatch.GetTimestamp();
                }
            }

            reader.Complete(batch);
            Interlocked.Add(ref _counted, batch.Count);
        }
    }
}

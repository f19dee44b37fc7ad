using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Game.Streaming.Kafka;

/// <summary>
/// Reads what a topic holds at this moment, once, without a group: for commands that look at history. Safe for concurrent use.
/// </summary>
public sealed class TopicScan(KafkaOptions kafka, TimeProvider clock, ILogger<PartitionReader> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Records from the first to the last one there was when the scan began: those of a partition in order, partitions side by
    /// side by the records' times, so that what was written together comes together.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Which partitions; null: all.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <exception cref="TopicScanException">There is no such topic, or the brokers do not answer; the message says which.</exception>
    public async IAsyncEnumerable<ConsumedRecord> ReadAsync(
        string topic, Func<int, bool>? partitions = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var extent = await ReadExtentAsync(topic);
        var lanes = new List<Lane>();
        try
        {
            foreach (var (partition, first, end) in extent)
            {
                if (first < end && partitions?.Invoke(partition) != false)
                {
                    lanes.Add(new Lane(PartitionReader.Start(
                        kafka, new PartitionReaderOptions { Topic = topic, Partition = partition, StartAt = first }, clock, logger), end));
                }
            }

            // The oldest record of all lanes is next.
            var next = new PriorityQueue<Lane, DateTimeOffset>();
            foreach (var lane in lanes)
            {
                next.Enqueue(lane, (await lane.PeekAsync(clock, cancellationToken)).Time);
            }

            while (next.TryDequeue(out var lane, out _))
            {
                yield return lane.Take();
                if (!lane.IsAtEnd)
                {
                    next.Enqueue(lane, (await lane.PeekAsync(clock, cancellationToken)).Time);
                }
            }
        }
        finally
        {
            await Task.WhenAll(lanes.Select(lane => lane.DisposeAsync().AsTask()));
        }
    }

    private async Task<IReadOnlyList<(int Partition, long First, long End)>> ReadExtentAsync(string topic)
    {
        try
        {
            using var administration = new TopicAdministration(kafka);
            return await administration.ReadExtentAsync(topic);
        }
        catch (TopicAdministrationException exception)
        {
            throw new TopicScanException($"Topic {topic} at {kafka.BootstrapServers} cannot be read: {exception.Message}", exception);
        }
    }

    private sealed class Lane(PartitionReader reader, long end) : IAsyncDisposable
    {
        private IReadOnlyList<ConsumedRecord> _batch = [];
        private int _index;

        public bool IsAtEnd { get; private set; }

        public async ValueTask<ConsumedRecord> PeekAsync(TimeProvider clock, CancellationToken cancellationToken)
        {
            if (_index == _batch.Count)
            {
                try
                {
                    _batch = await reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Patience, clock, cancellationToken);
                    _index = 0;
                }
                catch (TimeoutException exception)
                {
                    throw new TopicScanException($"Topic {reader.Topic}: partition {reader.Partition} gave nothing for {Patience.TotalSeconds} s; {reader.Status}.", exception);
                }
            }

            return _batch[_index];
        }

        public ConsumedRecord Take()
        {
            var record = _batch[_index++];
            IsAtEnd = record.Offset >= end - 1;
            return record;
        }

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}

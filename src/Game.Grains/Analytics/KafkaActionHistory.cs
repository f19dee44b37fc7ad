using System.Threading.Channels;
using Game.Contracts.Analytics;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Analytics;

/// <summary>Reads the topic beside its consumers, and commits nothing.</summary>
/// <param name="streams">The shard's streams: the same topic, partitions and codec.</param>
public sealed class KafkaActionHistory(KafkaStreamOptions streams, TimeProvider clock, ILogger<PartitionReader> logger) : IActionHistory
{
    private readonly StreamTopic _topic = streams.TopicOf(ActionStreams.Namespace);

    private IReadOnlyList<int> Partitions => [.. Enumerable.Range(0, _topic.Partitions).Where(_topic.Owns)];

    public int PartitionOf(string bucket) => _topic.PartitionOf(bucket);

    /// <remarks>
    /// That a partition begins within the time asked for may only say that it was quiet: nothing younger than the retention is removed.
    /// </remarks>
    public Task<IReadOnlyList<HistoryPlace>> FindAsync(DateTimeOffset at) => AskAsync(async administration =>
    {
        var found = await administration.FindTimeAsync(_topic.Name, Partitions, at);
        var topics = await administration.DescribeAsync([_topic.Name]);
        var isKept = topics.GetValueOrDefault(_topic.Name)?.Retention is { } retention && at >= clock.GetUtcNow() - retention;
        return (IReadOnlyList<HistoryPlace>)
        [
            .. found.Select(place => new HistoryPlace(
                place.Partition, place.Offset, isKept || place.First == 0 || place.Offset > place.First, place.KeptSince)),
        ];
    });

    public Task<IReadOnlyDictionary<int, long>> ReadEndsAsync() =>
        AskAsync(administration => administration.ReadEndsAsync(_topic.Name, Partitions));

    public IActionHistoryReader Open(int partition, long from) => new Reader(_topic.Codec, PartitionReader.Start(
        streams.Kafka!, new PartitionReaderOptions { Topic = _topic.Name, Partition = partition, StartAt = from }, clock, logger));

    private async Task<T> AskAsync<T>(Func<TopicAdministration, Task<T>> ask)
    {
        using var administration = new TopicAdministration(streams.Kafka!);
        try
        {
            return await ask(administration);
        }
        catch (TopicAdministrationException exception)
        {
            throw new ActionHistoryException($"Topic {_topic.Name} cannot be read: {exception.Message}", exception);
        }
    }

    private sealed class Reader(IRecordCodec codec, PartitionReader reader) : IActionHistoryReader
    {
        public async ValueTask<HistoryBatch> ReadAsync(CancellationToken cancellationToken)
        {
            IReadOnlyList<ConsumedRecord> records;
            try
            {
                records = await reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException exception)
            {
                throw new ActionHistoryException($"{reader.Topic}/{reader.Partition} is read no longer.", exception);
            }

            reader.Complete(records);
            var actions = new List<(string Bucket, PlacedAction Action)>(records.Count);
            foreach (var record in records)
            {
                if (Decode(record) is { } action)
                {
                    actions.Add((record.KeyText, new PlacedAction(new ActionOffset(record.Offset, 0), action)));
                }
            }

            return new HistoryBatch(records[^1].Offset + 1, reader.Status.Missing, actions);
        }

        public ValueTask DisposeAsync() => reader.DisposeAsync();

        /// <summary>Goes by the record alone, as its consumers do: what they put aside is none here either.</summary>
        private PlayerAction? Decode(ConsumedRecord record)
        {
            try
            {
                return record.KeyText.Length == 0 ? null : codec.Decode(record) as PlayerAction;
            }
            catch (RecordCodecException)
            {
                return null;
            }
        }
    }
}

using Confluent.Kafka;

namespace Game.Streaming.Kafka;

/// <summary>The client's consumer as <see cref="PartitionReader"/> needs it: it commits only what it is told to.</summary>
internal static class ReaderConsumer
{
    public static IConsumer<byte[]?, byte[]?> Create(KafkaOptions kafka, PartitionReaderOptions options, Action<Error> onError)
    {
        var config = kafka.Apply(new ConsumerConfig
        {
            // The client wants a group even where none is used.
            GroupId = options.Group ?? $"{kafka.ClientId}-without-group",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = false,
            QueuedMaxMessagesKbytes = options.PrefetchKilobytes,
            FetchErrorBackoffMs = 100,

            // A full queue is looked at again after this; by default after a second, in which a fast consumer stands idle.
            FetchQueueBackoffMs = 5,

            // The topic is known: its name need not be made anew for each record.
            ConsumeResultFields = "headers,timestamp",
            TopicMetadataRefreshIntervalMs = 30_000,
        });
        return new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) => onError(error))
            .SetLogHandler(static (_, _) => { })
            .Build();
    }

    public static RecordHeader[] HeadersOf(Headers? headers)
    {
        if (headers is null || headers.Count == 0)
        {
            return [];
        }

        var result = new RecordHeader[headers.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = new RecordHeader(headers[i].Key, headers[i].GetValueBytes() ?? []);
        }

        return result;
    }
}

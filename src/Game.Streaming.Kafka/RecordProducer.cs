using Confluent.Kafka;

namespace Game.Streaming.Kafka;

/// <summary>The client's producer as <see cref="RecordWriter"/> needs it.</summary>
internal static class RecordProducer
{
    public static IProducer<byte[]?, byte[]> Create(
        KafkaOptions kafka, RecordWriterOptions options, Action<IProducer<byte[]?, byte[]>, Error> onError)
    {
        var config = kafka.Apply(new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = options.Linger.TotalMilliseconds,
            BatchSize = options.BatchBytes,
            CompressionType = options.Compress ? CompressionType.Snappy : CompressionType.None,
            MessageMaxBytes = options.MaxRecordBytes,
            MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds,
            RequestTimeoutMs = (int)kafka.RequestTimeout.TotalMilliseconds,
            Partitioner = Confluent.Kafka.Partitioner.Murmur2Random,
            DeliveryReportFields = "status",

            // The writer bounds the queue; the client's own bound is never met, not by its reckoning of overhead either.
            QueueBufferingMaxMessages = options.MaxQueuedRecords + 1000,
            QueueBufferingMaxKbytes = (int)Math.Min(int.MaxValue, ((options.MaxQueuedBytes + options.MaxRecordBytes) / 1024 * 2) + 1024),
        });
        return new ProducerBuilder<byte[]?, byte[]>(config)
            .SetErrorHandler(onError)
            .SetLogHandler(static (_, _) => { })
            .Build();
    }
}

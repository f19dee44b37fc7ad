using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging;

namespace Game.Hosting.Streams;

/// <summary>
/// Gives a pulling agent the records of one partition and completes those that all consumers had. In the agent's turns, which it
/// never blocks.
/// </summary>
internal sealed partial class KafkaReceiver(
    (StreamTopic Topic, int Partition) place,
    KafkaStreamOptions options,
    TimeSpan maxDeliveryTime,
    KafkaQueueCache cache,
    DeadLetters deadLetters,
    TimeProvider clock,
    ILoggerFactory loggers) : IQueueAdapterReceiver
{
    private const int MostPutAsideAtOnce = 100;

    private readonly ILogger _logger = loggers.CreateLogger<KafkaReceiver>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<long, KafkaBatchContainer> _underWay = [];
    private readonly HashSet<Task> _puttingAside = [];
    private PartitionReader? _reader;

    public Task Initialize(TimeSpan timeout)
    {
        _reader = PartitionReader.Start(
            options.Kafka!, options.ReaderOf(place.Topic.Name, place.Partition), clock, loggers.CreateLogger<PartitionReader>());
        return Task.CompletedTask;
    }

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        IList<IBatchContainer> containers = [];
        if (_puttingAside.Count < MostPutAsideAtOnce && _reader is { } reader && reader.TryRead(out var records))
        {
            containers = ToContainers(records);
        }

        return Task.FromResult(containers);
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages)
    {
        Complete(messages);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Puts a batch aside that was not delivered in time. Returns when it is durable, or when the queue is another silo's.
    /// </summary>
    public async Task PutAsideAsync(StreamSequenceToken token, string reason)
    {
        if (!_underWay.TryGetValue(token.SequenceNumber, out var container))
        {
            return;
        }

        // An agent that stops gives deliveries up before their time: those are no failures, and come again elsewhere.
        var tried = container.DeliveredAt is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;
        if (tried < maxDeliveryTime * 0.9)
        {
            LogGivenUp(_logger, container.Records![0].Place, tried);
            return;
        }

        try
        {
            foreach (var record in container.Records!)
            {
                await deadLetters.PutAsync(record, reason, _stopping.Token);
            }

            // Completed when it leaves the cache: other consumers of the stream may still be at it.
            container.IsPutAside = true;
        }
        catch (OperationCanceledException)
        {
            // Not completed: it comes again.
        }
    }

    public async Task Shutdown(TimeSpan timeout)
    {
        // The agent no longer asks what has been delivered since it last did.
        if (cache.TryPurgeFromCache(out var delivered))
        {
            Complete(delivered);
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(_puttingAside)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_reader is not null)
        {
            await _reader.DisposeAsync();
        }
    }

    private void Complete(IEnumerable<IBatchContainer> delivered)
    {
        foreach (var container in delivered.Cast<KafkaBatchContainer>())
        {
            _underWay.Remove(container.Offsets[0]);
            _reader!.Complete(container.Records!);
        }
    }

    /// <summary>One container for each stream, in the order of their first records, which is what the cache goes by.</summary>
    private List<IBatchContainer> ToContainers(IReadOnlyList<ConsumedRecord> records)
    {
        var streams = new Dictionary<string, (List<ConsumedRecord> Records, List<object> Items)>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var record in records)
        {
            if (TryDecode(record) is not { } item)
            {
                continue;
            }

            if (!streams.TryGetValue(record.KeyText, out var stream))
            {
                streams.Add(record.KeyText, stream = ([], []));
                order.Add(record.KeyText);
            }

            stream.Records.Add(record);
            stream.Items.Add(item);
        }

        var containers = new List<IBatchContainer>(order.Count);
        foreach (var key in order)
        {
            var container = new KafkaBatchContainer(
                StreamId.Create(place.Topic.Name, place.Topic.StreamKeyOf(place.Partition, key)), streams[key].Records, streams[key].Items);
            _underWay[container.Offsets[0]] = container;
            containers.Add(container);
        }

        return containers;
    }

    private object? TryDecode(ConsumedRecord record)
    {
        try
        {
            if (record.KeyText.Length == 0)
            {
                throw new RecordCodecException($"{record.Place}: the record has no key, which is the stream's.");
            }

            return place.Topic.Codec.Decode(record);
        }
        catch (RecordCodecException exception)
        {
            _ = RememberAsync(PutAsideAsync(record, exception.Message));
            return null;
        }
    }

    private async Task RememberAsync(Task task)
    {
        _puttingAside.Add(task);
        await task;
        _puttingAside.Remove(task);
    }

    private async Task PutAsideAsync(ConsumedRecord record, string reason)
    {
        try
        {
            await deadLetters.PutAsync(record, reason, _stopping.Token);
            _reader!.Complete(record);
        }
        catch (OperationCanceledException)
        {
            // Not completed: it comes again.
        }
    }

    [LoggerMessage(LogLevel.Information, "Kafka: delivery of {Record} and what follows it is given up after {Tried}; it comes again.")]
    private static partial void LogGivenUp(ILogger logger, string record, TimeSpan tried);
}

using System.Threading.Channels;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging;

namespace Game.Hosting.Embedded.Streams;

/// <summary>Streams of an embedded silo over Kafka. The silo reads all partitions that are its shard's: it is alone.</summary>
public sealed partial class KafkaStreamTransport : IStreamTransport
{
    private readonly KafkaStreamOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly DeadLetters _deadLetters;
    private readonly List<PartitionReader> _readers = [];
    private readonly List<Task> _pumps = [];
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopping = new();
    private int _settling;
    private Task? _stopped;

    /// <exception cref="ArgumentException">The options are wrong; every failure is listed.</exception>
    public KafkaStreamTransport(string providerName, KafkaStreamOptions options, TimeProvider clock, ILoggerFactory loggers)
    {
        var failures = options.Validate().ToList();
        if (failures.Count > 0)
        {
            throw new ArgumentException($"Kafka streams '{providerName}': {string.Join(" ", failures)}");
        }

        ProviderName = providerName;
        _options = options;
        _clock = clock;
        _loggers = loggers;
        _logger = loggers.CreateLogger<KafkaStreamTransport>();
        _deadLetters = new DeadLetters(options.Writer!, clock, loggers.CreateLogger<DeadLetters>());
    }

    public string ProviderName { get; }

    /// <inheritdoc/>
    /// <exception cref="RecordWriteException">Not all were confirmed.</exception>
    /// <exception cref="RecordCodecException">The topic carries no such events, or there is none.</exception>
    public Task ProduceAsync(StreamId streamId, IReadOnlyList<object> items)
    {
        var records = items.Select(item => _options.Encode(streamId.GetNamespace(), streamId.GetKeyAsString(), item)).ToList();
        return Task.WhenAll(records.Select(record => _options.Writer!.WriteAsync(record)));
    }

    public Task StartAsync(IStreamDelivery delivery, CancellationToken cancellationToken)
    {
        foreach (var topic in _options.Consume ? _options.Topics : [])
        {
            foreach (var partition in Enumerable.Range(0, topic.Partitions).Where(topic.Owns))
            {
                var reader = PartitionReader.Start(
                    _options.Kafka!, _options.ReaderOf(topic.Name, partition), _clock, _loggers.CreateLogger<PartitionReader>());
                _readers.Add(reader);
                _pumps.Add(Task.Run(() => PumpAsync(topic, reader, delivery), CancellationToken.None));
            }
        }

        return Task.CompletedTask;
    }

    public async Task DrainAsync()
    {
        await _draining.CancelAsync();
        await Task.WhenAll(_pumps);
    }

    public Task StopAsync() => _stopped ??= StopOnceAsync();

    private async Task StopOnceAsync()
    {
        await DrainAsync();

        // Dead letters under way get the time that closing has; those that do not make it come again.
        var patience = Task.Delay(TimeSpan.FromSeconds(5), _clock, CancellationToken.None);
        while (Volatile.Read(ref _settling) > 0 && !patience.IsCompleted)
        {
            await Task.WhenAny(patience, Task.Delay(TimeSpan.FromMilliseconds(10), _clock, CancellationToken.None));
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(_readers.Select(reader => reader.DisposeAsync().AsTask()));
    }

    private async Task PumpAsync(StreamTopic topic, PartitionReader reader, IStreamDelivery delivery)
    {
        try
        {
            var room = new SemaphoreSlim(_options.CacheRecords);
            while (true)
            {
                foreach (var record in await reader.ReadAsync(_draining.Token))
                {
                    await room.WaitAsync(_draining.Token);
                    if (!Deliver(topic, reader, record, delivery, () => room.Release()))
                    {
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_draining.IsCancellationRequested)
        {
            // As asked.
        }
        catch (ChannelClosedException exception)
        {
            LogEnded(_logger, exception, reader.Topic, reader.Partition);
        }
    }

    /// <returns>False if the silo takes no more events.</returns>
    private bool Deliver(StreamTopic topic, PartitionReader reader, ConsumedRecord record, IStreamDelivery delivery, Action settled)
    {
        object item;
        try
        {
            if (record.KeyText.Length == 0)
            {
                throw new RecordCodecException($"{record.Place}: the record has no key, which is the stream's.");
            }

            item = topic.Codec.Decode(record);
        }
        catch (RecordCodecException exception)
        {
            _ = PutAsideAsync(reader, record, exception.Message, settled);
            return true;
        }

        return delivery.TryDeliver(StreamId.Create(record.Topic, record.KeyText), item, record.Offset, failure =>
        {
            if (failure is null)
            {
                reader.Complete(record);
                settled();
            }
            else
            {
                _ = PutAsideAsync(reader, record, $"skipped: {failure.GetType().Name}", settled);
            }
        });
    }

    private async Task PutAsideAsync(PartitionReader reader, ConsumedRecord record, string reason, Action settled)
    {
        Interlocked.Increment(ref _settling);
        try
        {
            await _deadLetters.PutAsync(record, reason, _stopping.Token);
            reader.Complete(record);
            settled();
        }
        catch (OperationCanceledException)
        {
            // Not completed: it comes again.
        }
        finally
        {
            Interlocked.Decrement(ref _settling);
        }
    }

    [LoggerMessage(LogLevel.Critical, "Kafka, {Topic}/{Partition}: nothing is delivered any more.")]
    private static partial void LogEnded(ILogger logger, Exception exception, string topic, int partition);
}

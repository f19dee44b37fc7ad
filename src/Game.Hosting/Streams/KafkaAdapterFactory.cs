using System.Collections.Concurrent;
using Game.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Game.Hosting.Streams;

/// <summary>What Orleans' persistent streams are made of: one queue, cache, receiver and failure handler for each partition.</summary>
internal sealed class KafkaAdapterFactory(
    string name, KafkaStreamOptions options, TimeSpan maxDeliveryTime, TimeProvider clock, ILoggerFactory loggers)
    : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterCache
{
    private readonly KafkaQueueMapper _mapper = new(name, options);
    private readonly DeadLetters _deadLetters = new(options.Writer!, clock, loggers.CreateLogger<DeadLetters>());

    // Of a queue that leaves and comes back, the newest.
    private readonly ConcurrentDictionary<QueueId, KafkaQueueCache> _caches = new();
    private readonly ConcurrentDictionary<QueueId, KafkaReceiver> _receivers = new();

    public string Name => name;

    public bool IsRewindable => false;

    public StreamProviderDirection Direction => options.Consume ? StreamProviderDirection.ReadWrite : StreamProviderDirection.WriteOnly;

    public static IQueueAdapterFactory Create(IServiceProvider services, string name) => new KafkaAdapterFactory(
        name,
        services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(name),
        services.GetRequiredService<IOptionsMonitor<StreamPullingAgentOptions>>().Get(name).MaxEventDeliveryTime,
        services.GetService<TimeProvider>() ?? TimeProvider.System,
        services.GetRequiredService<ILoggerFactory>());

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new KafkaFailureHandler(() => _receivers.GetValueOrDefault(queueId)));

    public IQueueCache CreateQueueCache(QueueId queueId) =>
        _caches[queueId] = new KafkaQueueCache(options.CacheRecords, options.BatchRecords, clock, loggers.CreateLogger<KafkaQueueCache>());

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => _receivers[queueId] = new KafkaReceiver(
        _mapper.PartitionOf(queueId), options, maxDeliveryTime, _caches[queueId], _deadLetters, clock, loggers);

    /// <summary>Completes when all events are confirmed.</summary>
    /// <exception cref="ArgumentException">A token was given: Kafka gives the positions.</exception>
    public Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        if (token is not null)
        {
            throw new ArgumentException("Kafka gives events their positions.", nameof(token));
        }

        var topic = options.TopicOf(streamId.GetNamespace());
        var key = topic.RecordKeyOf(streamId.GetKeyAsString());
        var records = events.Select(item => options.Encode(topic.Name, key, item!)).ToList();
        return Task.WhenAll(records.Select(record => options.Writer!.WriteAsync(record)));
    }
}

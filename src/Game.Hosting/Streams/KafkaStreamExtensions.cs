using Game.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Game.Hosting.Streams;

/// <summary>Streams over Kafka for Orleans silos.</summary>
public static class KafkaStreamExtensions
{
    /// <summary>
    /// Adds a persistent stream provider whose queues are the partitions of Kafka topics, with implicit subscriptions. Wrong options
    /// stop the silo's start, all of them listed.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The provider's name.</param>
    /// <param name="configure">Its options.</param>
    /// <param name="maxEventDeliveryTime">How long delivery of a batch is tried before it is put aside.</param>
    public static ISiloBuilder AddKafkaStreams(
        this ISiloBuilder builder, string name, Action<KafkaStreamOptions> configure, TimeSpan? maxEventDeliveryTime = null)
    {
        builder.Services.Configure(name, configure);
        builder.Services.AddTransient<IConfigurationValidator>(
            services => new KafkaStreamOptionsValidator(
                services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(name), name));
        builder.AddPersistentStreams(name, KafkaAdapterFactory.Create, streams =>
        {
            streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
            streams.UseConsistentRingQueueBalancer();
            streams.ConfigurePullingAgent(agents => agents.Configure<IOptionsMonitor<KafkaStreamOptions>>((agent, options) =>
            {
                // A batch of Kafka is one container already; put together further, a failure could not be told from its neighbours.
                agent.BatchContainerBatchSize = 1;
                agent.GetQueueMsgsTimerPeriod = options.Get(name).PollInterval;
                agent.MaxEventDeliveryTime = maxEventDeliveryTime ?? agent.MaxEventDeliveryTime;
            }));
        });
        return builder;
    }
}

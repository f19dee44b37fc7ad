using Game.Hosting.Embedded.Streams;
using Game.Streaming.Host.Tests.Suite;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Streaming.Host.Tests.Embedded;

public sealed class EmbeddedKafkaStreamTests(KafkaFixture broker) : KafkaStreamSuite(broker)
{
    protected override async ValueTask<IStreamingHost> StartAsync(string provider, StreamingSettings settings)
    {
        var options = new KafkaStreamOptions();
        settings.Configure(options);
        var silo = new EmbeddedSilo(new EmbeddedSiloOptions
        {
            GrainTypes = { typeof(HappeningGrain) },
            StreamTransports = { new KafkaStreamTransport(provider, options, TimeProvider.System, NullLoggerFactory.Instance) },
            MaxEventDeliveryTime = settings.MaxEventDeliveryTime,
        });
        await silo.StartAsync();
        return new EmbeddedStreamingHost(silo, provider);
    }

    private sealed class EmbeddedStreamingHost(EmbeddedSilo silo, string provider) : IStreamingHost
    {
        public IStreamProvider Streams => silo.GetStreamProvider(provider);

        public Task StopAsync() => silo.StopAsync();

        public async Task KillAsync()
        {
            silo.Kill();
            await silo.DisposeAsync();
        }

        public ValueTask DisposeAsync() => silo.DisposeAsync();
    }
}

using System.Net;
using Game.Hosting.Streams;
using Game.LocalServers;
using Game.Streaming.Host.Tests.Suite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Game.Streaming.Host.Tests.Orleans;

public sealed class OrleansKafkaStreamTests(KafkaFixture broker) : KafkaStreamSuite(broker)
{
    protected override async ValueTask<IStreamingHost> StartAsync(string provider, StreamingSettings settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            var (siloPort, name) = (LocalPort.Free(), $"c{Guid.NewGuid():N}");
            silo.UseLocalhostClustering(siloPort, LocalPort.Free(), new IPEndPoint(IPAddress.Loopback, siloPort), name, name);
            silo.AddKafkaStreams(provider, settings.Configure, settings.MaxEventDeliveryTime);
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return new OrleansStreamingHost(host, provider);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private sealed class OrleansStreamingHost(IHost host, string provider) : IStreamingHost
    {
        private bool _isStopped;

        public IStreamProvider Streams { get; } = host.Services.GetRequiredKeyedService<IStreamProvider>(provider);

        public Task StopAsync() => StopAsync(isGraceful: true);

        public Task KillAsync() => StopAsync(isGraceful: false);

        public async ValueTask DisposeAsync()
        {
            await StopAsync(isGraceful: true);
            host.Dispose();
        }

        private async Task StopAsync(bool isGraceful)
        {
            if (!_isStopped)
            {
                _isStopped = true;
                using var patience = new CancellationTokenSource();
                if (!isGraceful)
                {
                    await patience.CancelAsync();
                }

                await host.StopAsync(patience.Token);
            }
        }
    }
}

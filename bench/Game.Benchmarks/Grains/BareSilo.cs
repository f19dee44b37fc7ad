using System.Net;
using Game.LocalServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Game.Benchmarks.Grains;

/// <summary>The baseline: a silo that is Orleans and nothing else, a cluster of its own on loopback.</summary>
internal sealed class BareSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private BareSilo(IHost host)
    {
        _host = host;
        Grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    public IGrainFactory Grains { get; }

    public static async Task<BareSilo> StartAsync(CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var siloPort = LocalPort.Free();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(
            siloPort, LocalPort.Free(), new IPEndPoint(IPAddress.Loopback, siloPort), "bare", "bare"));
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new BareSilo(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

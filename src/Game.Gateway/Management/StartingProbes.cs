using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;

namespace Game.Gateway.Management;

/// <summary>
/// Answers the probes on the management port while shards start, which may take as long as their database and broker are away:
/// alive, but not ready. Gives the port back when it is disposed, before the gateway takes it. Not thread-safe.
/// </summary>
public sealed class StartingProbes : IAsyncDisposable
{
    private WebApplication? _app;

    private StartingProbes(WebApplication app) => _app = app;

    /// <returns>Null where the gateway is to choose a port, which nobody can know before.</returns>
    /// <exception cref="IOException">The port cannot be had.</exception>
    public static async Task<StartingProbes?> StartAsync(GatewaySettings settings, CancellationToken cancellationToken)
    {
        if (settings.ManagementPort == 0)
        {
            return null;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(settings.ManagementAddress), settings.ManagementPort);
        });

        // Whoever starts the process decides when it ends.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.Run(AnswerAsync);
        try
        {
            await app.StartAsync(cancellationToken);
            return new StartingProbes(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private static Task AnswerAsync(HttpContext context)
    {
        var live = context.Request.Path == "/health/live";
        context.Response.StatusCode = live ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(live ? "live" : "starting");
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

using Microsoft.Extensions.Hosting;

namespace Game.Gateway.Sessions;

/// <summary>
/// Before anything of the host stops: not ready any more, then every session is let go. HTTP requests under way are the
/// server's to finish.
/// </summary>
internal sealed class SessionDrain(SessionRegistry registry, GatewaySettings settings, TimeProvider clock) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        registry.BeginDrain();
        if (settings.ReadyDelaySeconds > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(settings.ReadyDelaySeconds), clock, cancellationToken);
        }

        await registry.DrainAsync(TimeSpan.FromSeconds(settings.DrainSeconds), clock, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

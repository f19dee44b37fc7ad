using System.Threading.Channels;
using Game.Gateway.Http;
using Microsoft.Extensions.Hosting;

namespace Game.Gateway.Sessions;

/// <summary>
/// What must happen by itself: time limits of sessions and who is online every second, leases and memberships every minute,
/// leases also when a silo is lost.
/// </summary>
internal sealed partial class SessionUpkeep(
    SessionRegistry registry,
    FeedHub hub,
    IShardDirectory shards,
    PresenceReporter presence,
    GatewaySettings settings,
    TimeProvider clock,
    ILogger<SessionUpkeep> logger) : BackgroundService
{
    private const int RechecksAtATime = 32;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RenewInterval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var recheck = TimeSpan.FromSeconds(Math.Max(1, settings.Tokens.RevocationCacheSeconds));
        return Task.WhenAll(
            RepeatAsync(SweepInterval, SweepAsync, stoppingToken),
            RepeatAsync(SweepInterval, presence.ReportAsync, stoppingToken),
            RepeatAsync(recheck, cancellation => ForEachAsync(session => session.RecheckAsync(), cancellation), stoppingToken),
            RepeatAsync(RenewInterval, hub.RenewAsync, stoppingToken),
            RepeatAsync(RenewInterval, cancellation => ForEachAsync(session => session.ReadBlockedAsync(), cancellation), stoppingToken),
            RenewAfterLossesAsync(stoppingToken));
    }

    private async Task RenewAfterLossesAsync(CancellationToken cancellationToken)
    {
        // The lost feeds knew who listens; wherever they live now, they have to hear it again. One renewal makes good for all
        // losses before it.
        var losses = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void OnLost() => losses.Writer.TryWrite(true);
        shards.SiloLost += OnLost;
        try
        {
            while (await losses.Reader.WaitToReadAsync(cancellationToken))
            {
                losses.Reader.TryRead(out _);
                await hub.RenewAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        finally
        {
            shards.SiloLost -= OnLost;
        }
    }

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await work(cancellationToken);
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // One bad round must not end all that follow.
                    LogRoundFailed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var session in registry.Sessions)
        {
            session.Sweep(now);
        }

        return Task.CompletedTask;
    }

    private Task ForEachAsync(Func<GameSession, Task> work, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        registry.Sessions,
        new ParallelOptions { MaxDegreeOfParallelism = RechecksAtATime, CancellationToken = cancellationToken },
        async (session, _) =>
        {
            try
            {
                await work(session);
            }
            catch (Exception exception) when (GrainRetry.IsUnanswered(exception))
            {
                LogRoundFailed(logger, exception);
            }
        });

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upkeep of sessions failed; the next round tries again.")]
    private static partial void LogRoundFailed(ILogger logger, Exception exception);
}

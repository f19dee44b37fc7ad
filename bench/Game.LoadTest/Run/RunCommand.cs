using System.Runtime.InteropServices;
using System.Text.Json;
using Game.LoadTest.Play;

namespace Game.LoadTest.Run;

/// <summary>Starts a world, lets bots play in it, stops it in order, and compares what the bots know with what the world holds.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan ToFinish = TimeSpan.FromSeconds(10);

    // Too little time to found guilds, fight and settle.
    private static readonly TimeSpan TooShort = TimeSpan.FromSeconds(20);

    /// <returns>0 only if points and gold agree and nothing went wrong.</returns>
    public static async Task<int> RunAsync(RunOptions options)
    {
        var happenings = new Happenings();
        await using var view = View.Start(happenings);
        view.Line($"starting {options.Shards} shards, data in {Path.GetFullPath(options.Data)}");
        using var stopping = new CancellationTokenSource();
        using var interrupt = OnSignal(PosixSignal.SIGINT, stopping);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stopping);
        using var silo = SiloProcess.Start(options.Silo, options.SiloArguments, view.Line);
        try
        {
            var addresses = await silo.ReadyAsync(stopping.Token);
            view.Line($"gateway  {addresses.Gateway} (OpenAPI at {addresses.Gateway}openapi/v1.json)");
            view.Line($"console  {addresses.Management}");
            view.Shards = addresses.Shards;
            if (options.Bots == 0)
            {
                view.Line("no bots: the world is yours until you interrupt it");
                await Task.Delay(options.For ?? Timeout.InfiniteTimeSpan, stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return await FinishAsync(silo, view, new Summary());
            }

            var summary = await PlayAsync(options, addresses, happenings, stopping.Token);
            return await FinishAsync(silo, view, summary);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
        {
            view.Line(exception is OperationCanceledException ? "interrupted while starting" : exception.Message);
            await silo.StopAsync();
            return 1;
        }
    }

    private static async Task<Summary> PlayAsync(RunOptions options, Addresses addresses, Happenings happenings, CancellationToken stopping)
    {
        using var abandon = new CancellationTokenSource();
        await using var ended = stopping.Register(() => abandon.CancelAfter(ToFinish));
        await using var campaign = new Campaign(addresses.Gateway, addresses.Shards, options.Bots, options.For, happenings);
        try
        {
            await campaign.PlayAsync(stopping, abandon.Token);
        }
        catch (OperationCanceledException)
        {
            happenings.Tell("the war under way was left; it settles when the world runs again");
        }
        catch (PlayException exception)
        {
            happenings.Error(exception.Message);
        }

        var summary = await Summary.OfAsync(campaign, addresses.Management, happenings);
        summary.Complete = summary.Wars > 0 || options.For < TooShort || stopping.IsCancellationRequested;
        return summary;
    }

    private static async Task<int> FinishAsync(SiloProcess silo, View view, Summary summary)
    {
        view.Line("draining");
        await silo.StopAsync();
        if (silo.ExitCode != 0)
        {
            view.Line($"the silo ended with exit code {silo.ExitCode}");
            summary.Errors++;
        }

        await view.DisposeAsync();
        Console.WriteLine(JsonSerializer.Serialize(summary, Summary.Json));
        return summary.Agrees ? 0 : 1;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stopping) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
}

using System.Runtime.InteropServices;
using System.Text.Json;
using Game.Cli.Play;
using Game.LocalServers;

namespace Game.Cli.Run;

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
        await using var kafka = new Kafka(options, view.Line);
        await using IWorld world = options.Profile switch
        {
            "cluster" => new Cluster(options, view.Line),
            "brokers" => new Brokered(options, view.Line),
            _ => new OneProcess(options, view.Line),
        };
        var layout = options.Profile switch
        {
            "cluster" => $" of {options.Silos} silos",
            "brokers" => $" in {options.Processes} processes",
            _ => "",
        };
        view.Line($"starting {options.Shards} shards{layout}, data in {Path.GetFullPath(options.Data)}");
        using var stopping = new CancellationTokenSource();
        using var interrupt = OnSignal(PosixSignal.SIGINT, stopping);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stopping);
        try
        {
            await kafka.StartAsync(stopping.Token);
            var places = await world.StartAsync(stopping.Token);
            foreach (var gateways in places.Shards.GroupBy(shard => string.Join(' ', places.GatewaysOf(shard))))
            {
                view.Line($"gateway  {gateways.Key} for {string.Join(' ', gateways)} (OpenAPI at openapi/v1.json)");
            }

            view.Line($"console  {string.Join(' ', places.Managements.SelectMany(silos => silos))}");
            view.Shards = places.Shards;
            if (options.Bots == 0)
            {
                view.Line("no bots: the world is yours until you interrupt it");
                await Task.Delay(options.For ?? Timeout.InfiniteTimeSpan, stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return await FinishAsync(world, view, new Summary());
            }

            var (summary, known) = await PlayAsync(options, world, places, happenings, view, stopping.Token);
            await kafka.CountAsync(known, summary);
            return await FinishAsync(world, view, summary);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException or ServerMissingException)
        {
            view.Line(exception is OperationCanceledException ? "interrupted while starting" : exception.Message);
            await world.StopAsync();
            return 1;
        }
    }

    private static async Task<(Summary Summary, Places Places)> PlayAsync(
        RunOptions options, IWorld world, Places places, Happenings happenings, View view, CancellationToken stopping)
    {
        var broken = world.Broken;
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(broken);
        await using var ended = stopping.Register(() => abandon.CancelAfter(ToFinish));
        await using var campaign = new Campaign(places, options.Bots, options.For, happenings) { Join = options.JoinLate ? world.JoinAsync : null };
        try
        {
            await campaign.PlayAsync(stopping, abandon.Token);
        }
        catch (OperationCanceledException) when (broken.IsCancellationRequested)
        {
            return Broke();
        }
        catch (OperationCanceledException)
        {
            happenings.Tell("the war under way was left; it settles when the world runs again");
        }
        catch (PlayException exception)
        {
            happenings.Error(exception.Message);
        }

        if (happenings.DescribeStrikeTimes() is { } times)
        {
            view.Line(times);
        }

        try
        {
            await world.MendAsync();
        }
        catch (OperationCanceledException) when (broken.IsCancellationRequested)
        {
            return Broke();
        }

        var summary = await Summary.OfAsync(campaign, happenings);
        summary.Complete = (summary.Wars > 0 && summary.JoinedLate != 0) || options.For < TooShort || stopping.IsCancellationRequested;
        return (summary, campaign.Places);

        // Nobody is left to ask for the books.
        (Summary, Places) Broke()
        {
            happenings.Error("the world broke");
            return (new Summary { Errors = happenings.Errors.Count, Complete = false }, campaign.Places);
        }
    }

    private static async Task<int> FinishAsync(IWorld world, View view, Summary summary)
    {
        view.Line("draining");
        foreach (var failure in await world.StopAsync())
        {
            view.Line(failure);
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

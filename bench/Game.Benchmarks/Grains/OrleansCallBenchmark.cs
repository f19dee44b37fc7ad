using System.Diagnostics;
using System.Net;
using Game.Benchmarks.Grains;
using Game.LocalServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Game.Benchmarks;

/// <summary>
/// Grain calls a second on a silo as a shard has it (tracing, dashboard, placement, time-outs of ours), beside a silo that is
/// Orleans and nothing else, in the same process. Each of 100 callers awaits one call before it makes the next.
/// </summary>
public sealed class OrleansCallBenchmark : IBenchmark
{
    private const int Targets = 1000;
    private const int Callers = 100;

    public string Name => "orleans-calls";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var title = $"calls to {Targets:N0} grains on Orleans";
        const string Goal = "≥ 0.9×";
        try
        {
            await using var server = await PostgresServer.StartAsync(cancellationToken);
            await using var shard = await OrleansShard.StartAsync(server, 1, cancellationToken);
            using var bare = await StartBareAsync(cancellationToken);
            var ours = Targeted(shard.Grains);
            var theirs = Targeted(bare.Services.GetRequiredService<IGrainFactory>());
            var rounds = quick ? 3 : 7;
            var ratios = new List<(double Ours, double Theirs)>();
            await MeasureAsync(theirs, 1);
            await MeasureAsync(ours, 1);

            // Rounds alternate, and the middle pair counts: what disturbs the machine disturbs both of a pair.
            for (var round = 0; round < rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var baseline = await MeasureAsync(theirs, quick ? 1 : 2);
                ratios.Add((await MeasureAsync(ours, quick ? 1 : 2), baseline));
            }

            await bare.StopAsync(cancellationToken);
            var middle = ratios.OrderBy(pair => pair.Ours / pair.Theirs).ElementAt(ratios.Count / 2);
            return [Row.Rate(title, middle.Ours, middle.Theirs, "calls/s", Goal, (_, ratio) => ratio >= 0.9)];
        }
        catch (ServerMissingException exception)
        {
            return [Row.WithoutBaseline(title, 0, "calls/s", Goal, exception.Message)];
        }
    }

    private static ICounterGrain[] Targeted(IGrainFactory grains) =>
        [.. Enumerable.Range(0, Targets).Select(i => grains.GetGrain<ICounterGrain>($"counter-{i}"))];

    private static async Task<IHost> StartBareAsync(CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var siloPort = LocalPort.Free();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(
            siloPort, LocalPort.Free(), new IPEndPoint(IPAddress.Loopback, siloPort), "bare", "bare"));
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }

    private static async Task<double> MeasureAsync(ICounterGrain[] grains, double seconds)
    {
        var calls = new long[Callers];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var target = caller; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; target += 7)
            {
                await grains[target % Targets].AddAsync(1);
                calls[caller]++;
            }
        })));
        return calls.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

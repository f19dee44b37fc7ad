using System.Diagnostics;
using System.Text;
using Game.Broadcast;

namespace Game.Benchmarks.Presence;

/// <summary>
/// What it costs to know over ten shards who of 5,000 players is online, while one in a hundred comes or goes each second.
/// Beside it what digests replace: every player tells all shards once an interval that it is still there.
/// </summary>
public sealed class PresenceBenchmark : IBenchmark
{
    private const int Shards = 10;
    private const int Players = 5_000;
    private const double Churn = 0.01;

    public string Name => "presence";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var seconds = quick ? 8 : 30;
        await using var town = await PresenceTown.StartAsync(Shards, Players, cancellationToken);
        var idle = await CpuAsync(() => Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken));
        await town.FillAsync(cancellationToken);
        await town.LiveAsync(5, Churn, cancellationToken);
        var before = town.Bus.Counts;
        var started = Stopwatch.GetTimestamp();
        var live = await CpuAsync(() => town.LiveAsync(seconds, Churn, cancellationToken));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = town.Bus.Counts;

        var (naiveMessages, naiveBytes, naiveCpu) = await HeartbeatsAsync(town, quick ? 2 : 5, cancellationToken);
        var what = $"presence of {Players} players, {Shards} shards";
        return
        [
            Row.Cost($"{what}: messages", (after.Published - before.Published) / elapsed, naiveMessages, "msg/s"),
            Row.Single($"{what}: deliveries", (after.Delivered - before.Delivered) / elapsed, "msg/s"),
            Row.Cost($"{what}: published", (after.Bytes - before.Bytes) / elapsed, naiveBytes, "B/s"),
            Row.Cost(
                $"{what}: processor time", Math.Max(0.01, (live - idle) * 100), naiveCpu * 100, "% of a core", "< 5 %", (ours, _) => ours < 5),
        ];
    }

    /// <summary>Every player's own message to every shard, interval after interval as fast as they go.</summary>
    /// <returns>Messages and bytes a second at one beat an interval, and the share of a core that takes.</returns>
    private static async Task<(double Messages, double Bytes, double Cpu)> HeartbeatsAsync(
        PresenceTown town, int intervals, CancellationToken cancellationToken)
    {
        var expected = (long)Players * intervals * Shards;
        var heard = 0L;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumers = new List<IAsyncDisposable>();
        foreach (var shard in town.Shards)
        {
            var queue = $"bench.heartbeats.{shard}";
            await town.Bus.DeclareQueueAsync(
                new QueueDeclaration(queue, [new QueueBinding("bench.heartbeats", "beat.#")]), cancellationToken);
            consumers.Add(await town.Bus.ConsumeAsync(
                queue,
                (batch, _) =>
                {
                    foreach (var delivery in batch)
                    {
                        delivery.Ack();
                    }

                    if (Interlocked.Add(ref heard, batch.Count) >= expected)
                    {
                        all.TrySetResult();
                    }

                    return Task.CompletedTask;
                },
                cancellationToken));
        }

        var body = Encoding.UTF8.GetBytes("""{"player":"s01.01ARZ3NDEKTSV4RRFFQ69G5FAV","at":"2026-03-01T14:57:30+00:00"}""");
        var process = Process.GetCurrentProcess();
        var used = process.TotalProcessorTime;
        for (var interval = 0; interval < intervals; interval++)
        {
            for (var player = 0; player < Players; player += 1_000)
            {
                await Task.WhenAll(Enumerable.Range(player, 1_000).Select(n => town.Bus.PublishAsync(
                    new BroadcastMessage(
                        $"{interval}/{n}", "bench.heartbeats", "beat.s01", "s01", n, "beat", "beat", 1, body, TimeSpan.FromSeconds(10)),
                    cancellationToken).AsTask()));
            }
        }

        await all.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        process.Refresh();
        var cpu = (process.TotalProcessorTime - used) / intervals / PresenceTown.Interval;
        foreach (var consumer in consumers)
        {
            await consumer.DisposeAsync();
        }

        var rate = Players / PresenceTown.Interval.TotalSeconds;
        return (rate, rate * body.Length, cpu);
    }

    /// <summary>Processor time of this process over a piece of work, as a share of one core.</summary>
    private static async Task<double> CpuAsync(Func<Task> work)
    {
        var process = Process.GetCurrentProcess();
        var (used, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await work();
        process.Refresh();
        return (process.TotalProcessorTime - used) / Stopwatch.GetElapsedTime(started);
    }
}

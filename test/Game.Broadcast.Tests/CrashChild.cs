using System.Collections.Concurrent;
using Game.Broadcast.InProcess;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Broadcast.Tests;

/// <summary>
/// Publishes to two queues without end and says on its standard output, a line each, what was confirmed (<c>+id</c>) and,
/// before acknowledging it, what was handled (<c>-id</c>). A failed publish is <c>!id</c>. Ends only by being killed, or
/// after many failures.
/// </summary>
internal static class CrashChild
{
    public const string Argument = "crash-child";
    public const string Kept = "kept";
    public const string Worked = "worked";
    private const int Publishers = 8;
    private const int EnoughFailures = 200;

    public static async Task<int> RunAsync(string file)
    {
        var life = Guid.NewGuid().ToString("N")[..8];
        using var lines = new BlockingCollection<string>();
        var writer = new Thread(() =>
        {
            using var output = Console.OpenStandardOutput();
            foreach (var line in lines.GetConsumingEnumerable())
            {
                output.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            }
        });
        writer.Start();

        await using var bus = InProcessBus.Open(
            new InProcessBusOptions { Path = file, WindowMessages = 100 }, TimeProvider.System, NullLogger<InProcessBus>.Instance);
        await bus.DeclareQueueAsync(new QueueDeclaration(Kept, [new(Exchanges.Guild, "#")]));
        await bus.DeclareQueueAsync(new QueueDeclaration(Worked, [new(Exchanges.Guild, "#")]));
        await using var consumer = await bus.ConsumeAsync(Worked, (batch, cancellationToken) =>
        {
            foreach (var delivery in batch)
            {
                lines.Add($"-{delivery.Message.Id}", cancellationToken);
                delivery.Ack();
            }

            return Task.CompletedTask;
        });

        var failures = 0;
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(async publisher =>
        {
            for (var i = 0; Volatile.Read(ref failures) < EnoughFailures; i++)
            {
                var id = $"{life}/{publisher}/{i}";
                try
                {
                    await bus.PublishAsync(new(id, Exchanges.Guild, "a", "s01", i, "x", "t", 1, new byte[500]));
                    lines.Add($"+{id}");
                }
                catch (BroadcastException)
                {
                    Interlocked.Increment(ref failures);
                    lines.Add($"!{id}");
                }
            }
        }));
        lines.CompleteAdding();
        writer.Join();
        return 3;
    }
}

using System.Diagnostics;
using Game.Broadcast.RabbitMq;
using Game.Contracts.Identity;
using Game.Grains.Broadcast;
using Game.LocalServers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Game.Faults.Tests;

/// <summary>What a game of a hundred shards asks of its broker.</summary>
public sealed class QueueCountTests(ITestOutputHelper output)
{
    private const int Shards = 100;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Declare_ForAHundredShards_TakesAtMostFiveHundredQueues()
    {
        await using var broker = await RabbitMqServer.StartAsync(Cancelled);
        await using var bus = await RabbitMqBus.OpenAsync(
            new RabbitMqOptions { Nodes = [broker.Address] }, TimeProvider.System, NullLogger<RabbitMqBus>.Instance, Cancelled);
        var started = Stopwatch.GetTimestamp();

        // As silos do: of a shard one after the other, shards side by side.
        await Task.WhenAll(Enumerable.Range(1, Shards).Select(async number =>
        {
            foreach (var queue in ShardQueues.Of(ShardId.Numbered(number)))
            {
                await bus.DeclareQueueAsync(queue.Declaration, Cancelled);
            }
        }));
        var took = Stopwatch.GetElapsedTime(started);
        var names = (await broker.ControlAsync("list_queues", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        output.WriteLine($"{names.Length} queues of {Shards} shards were declared in {took.TotalSeconds:F1} s.");
        Assert.InRange(names.Length, Shards, 500);
    }
}

using Game.Broadcast;
using Game.Grains.Broadcast;
using Game.LocalServers;
using RabbitMQ.Client;
using Xunit;

namespace Game.Faults.Tests;

/// <summary>A shard starts over the queues of a build that had one for each route, with a queue of dead letters and one of failures each.</summary>
public sealed class UpgradeTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OverQueuesOfAnEarlierBuild_EmptiesThemFirst_AndNothingIsMissed()
    {
        await using var broker = await Brokers.StartAsync();
        var shards = await Brokers.StartShardsAsync(2, [broker.Address]);
        await Brokers.FollowedAsync(shards);
        var ledger = new ChatLedger(shards, 4_000);
        try
        {
            shards[1].Kill();
            await Brokers.MeddleAsync(broker.Address, channel => DowngradeAsync(channel, "s02"));
            var saying = ledger.SayAsync(Cancelled);

            await WaitingAsync(broker, 200);
            await shards[1].StartAsync(Cancelled);
            await saying;
            await ledger.ReachAsync(1, Cancelled);
            Assert.Empty(await ledger.AuditAsync());
            Assert.Equal(0, (await ledger.InboxAsync(shards[1])).Gaps);
            await GoneAsync(broker);
        }
        finally
        {
            foreach (var shard in shards)
            {
                await shard.DisposeAsync();
            }
        }
    }

    /// <summary>A silo of the earlier build has the queues as long as it runs; what it leaves is the new one's.</summary>
    [Fact]
    public async Task Start_BesideASiloOfAnEarlierBuild_WaitsUntilItHasStopped_AndNothingIsMissed()
    {
        await using var broker = await Brokers.StartAsync();
        var shards = await Brokers.StartShardsAsync(2, [broker.Address]);
        await Brokers.FollowedAsync(shards);
        var ledger = new ChatLedger(shards, 4_000);
        try
        {
            shards[1].Kill();
            await using var connection = await new ConnectionFactory { Uri = broker.Address }.CreateConnectionAsync(Cancelled);
            var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            await DowngradeAsync(channel, "s02");
            foreach (var queue in ShardQueues.FormerOf("s02"))
            {
                // It takes what it can hold, and dies before it has settled anything.
                await channel.BasicQosAsync(0, 64, false, Cancelled);
                await channel.BasicConsumeAsync(queue.Name, autoAck: false, new AsyncDefaultBasicConsumer(channel), Cancelled);
            }

            var saying = ledger.SayAsync(Cancelled);
            await WaitingAsync(broker, 200);
            await shards[1].StartAsync(Cancelled);
            await WaitingAsync(broker, 300);
            await channel.DisposeAsync();
            await saying;
            await ledger.ReachAsync(1, Cancelled);
            Assert.Empty(await ledger.AuditAsync());
            await GoneAsync(broker);
        }
        finally
        {
            foreach (var shard in shards)
            {
                await shard.DisposeAsync();
            }
        }
    }

    /// <summary>The earlier build's queues in place of today's.</summary>
    private static async Task DowngradeAsync(IChannel channel, string shard)
    {
        foreach (var queue in ShardQueues.FormerOf(shard).Select(former => former.Declaration))
        {
            await DeclareAsync($"{queue.Name}.dead", []);
            await DeclareAsync($"{queue.Name}.failures", new() { ["x-max-length"] = 1 });
            if (queue.Transient)
            {
                await channel.QueueDeclareAsync(
                    queue.Name, durable: false, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-single-active-consumer"] = true }, cancellationToken: Cancelled);
            }
            else
            {
                await DeclareAsync(queue.Name, new() { ["x-delivery-limit"] = 1_000_000 + queue.DeliveryLimit, ["x-single-active-consumer"] = true });
            }

            foreach (var (exchange, pattern) in queue.Bindings)
            {
                await channel.QueueBindAsync(queue.Name, exchange, pattern, cancellationToken: Cancelled);
            }
        }

        foreach (var queue in ShardQueues.Of(shard).Where(queue => !queue.Declaration.Transient))
        {
            await channel.QueueDeleteAsync(queue.Name, cancellationToken: Cancelled);
        }

        Task DeclareAsync(string name, Dictionary<string, object?> arguments)
        {
            arguments["x-queue-type"] = "quorum";
            return channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Cancelled);
        }
    }

    /// <summary>Waits until so many messages stand in the earlier build's queue.</summary>
    private static Task WaitingAsync(RabbitMqServer broker, int count) => Brokers.MeddleAsync(broker.Address, async channel =>
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while ((await channel.QueueDeclarePassiveAsync($"{Exchanges.Chat}.s02", Cancelled)).MessageCount is var waiting && waiting < count)
        {
            Assert.True(DateTime.UtcNow < deadline, $"{waiting} messages wait.");
            await Task.Delay(20, Cancelled);
        }
    });

    /// <summary>Waits until only the queues of today are left: four of each shard.</summary>
    private static async Task GoneAsync(RabbitMqServer broker)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while ((await broker.ControlAsync("list_queues", "name")).Split('\n') is { Length: > 8 } names)
        {
            Assert.True(DateTime.UtcNow < deadline, string.Join(", ", names));
        }
    }
}

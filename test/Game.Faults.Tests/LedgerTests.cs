using System.Diagnostics;
using System.Globalization;
using Game.Broadcast;
using Game.Grains.Broadcast;
using Xunit;

namespace Game.Faults.Tests;

/// <summary>
/// The whole ledger under faults: publishers, a real broker, inboxes. <c>LEDGER_MESSAGES</c>: how many messages others must have
/// stored in the end (20000). <c>LEDGER_SEED</c>: what is killed when.
/// </summary>
public sealed class LedgerTests
{
    private const int DefaultMessages = 20_000;
    private const int MessagesOfAKill = 25_000;
    private const int ShardCount = 4;

    private readonly int _seed = Environment.GetEnvironmentVariable("LEDGER_SEED") is { } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
        : Random.Shared.Next();

    private static int Messages => Environment.GetEnvironmentVariable("LEDGER_MESSAGES") is { } messages
        ? int.Parse(messages, CultureInfo.InvariantCulture)
        : DefaultMessages;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BrokerAndShardsKilledAtRandom_NothingIsLostOrDoubled_AndTheOrderOfEachSourceIsKept()
    {
        await using var broker = await Brokers.StartAsync();
        var shards = await Brokers.StartShardsAsync(ShardCount, [broker.Address]);

        // From here on the queues outlive the broker's death; before, RabbitMQ 3.10 keeps them in memory.
        await broker.StopAsync();
        await broker.RestartAsync(Cancelled);
        await RunAsync(shards, async random =>
        {
            await broker.KillAsync();
            await Task.Delay(random.Next(1500), Cancelled);
            await broker.RestartAsync(Cancelled);
        });
    }

    [Fact]
    public async Task LeadersOfAClusterKilledAtRandom_NothingIsLostOrDoubled_AndTheOrderOfEachSourceIsKept()
    {
        await using var cluster = await Brokers.StartClusterAsync();
        var shards = await Brokers.StartShardsAsync(ShardCount, cluster.Addresses);
        await RunAsync(shards, async random =>
        {
            var queue = ShardQueues.NameOf(Exchanges.Chat, shards[random.Next(shards.Count)].Name);
            var leader = await cluster.FindLeaderAsync(queue, cluster.Nodes[0]);
            await leader.KillAsync();
            await Task.Delay(random.Next(1500), Cancelled);
            await leader.RestartAsync(Cancelled);
        });
    }

    private async Task RunAsync(IReadOnlyList<Shard> shards, Func<Random, Task> killBrokerAsync)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"LEDGER_SEED={_seed}");
        var random = new Random(_seed);
        var ledger = new ChatLedger(shards, Messages);
        var kills = Math.Max(4, Messages / MessagesOfAKill);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var saying = ledger.SayAsync(Cancelled);
            for (var kill = 0; kill < kills; kill++)
            {
                await ledger.ReachAsync((kill + random.NextDouble()) / (kills + 1), Cancelled);
                if (kill % 2 == 0)
                {
                    await killBrokerAsync(random);
                }
                else
                {
                    var shard = shards[random.Next(shards.Count)];
                    shard.Kill();
                    await Task.Delay(random.Next(1000), Cancelled);
                    await shard.StartAsync(Cancelled);
                }
            }

            await saying;
            await ledger.ReachAsync(1, Cancelled);
            var took = Stopwatch.GetElapsedTime(started);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{ledger.Posts} messages said, {ledger.Effects} heard, {kills} kills, in {took.TotalSeconds:0} s: {ledger.Effects / took.TotalSeconds:0}/s.\n{await ledger.DescribeAsync()}");
            var wrong = await ledger.AuditAsync();
            Assert.True(wrong.Count == 0, $"LEDGER_SEED={_seed}: {wrong.Count} wrong\n{string.Join('\n', wrong.Take(20))}");
            Assert.Equal(ledger.Posts + ledger.Effects, await ledger.CountAsync());
        }
        finally
        {
            foreach (var shard in shards)
            {
                await shard.DisposeAsync();
            }
        }
    }
}

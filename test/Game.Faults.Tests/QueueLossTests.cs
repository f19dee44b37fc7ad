using Game.Broadcast;
using Game.Grains.Broadcast;
using RabbitMQ.Client;
using Xunit;

namespace Game.Faults.Tests;

/// <summary>A shard's queue is purged or deleted under load: what was in it is noticed as missing, and sent again from the log.</summary>
public sealed class QueueLossTests
{
    private const int Messages = 12_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QueuePurgedAndDeletedUnderLoad_LosesNothing_AndKeepsTheOrder()
    {
        await using var broker = await Brokers.StartAsync();
        var shards = await Brokers.StartShardsAsync(3, [broker.Address]);
        var queue = ShardQueues.NameOf(Exchanges.Chat, "s02");
        await Brokers.FollowedAsync(shards);
        var ledger = new ChatLedger(shards, Messages);
        try
        {
            // Before anything is said: however late the purge comes on a busy machine, what it is to hit has not been stored.
            var purged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            shards[1].Hold(purged.Task);
            var saying = ledger.SayAsync(Cancelled);
            await ledger.ReachAsync(0.1, Cancelled);
            await Brokers.MeddleAsync(broker.Address, async channel =>
            {
                // Until it has hit something: more than the shard holds unacknowledged must have come.
                for (var all = false; await channel.QueuePurgeAsync(queue, Cancelled) == 0; all = await ChatLedger.AreSentAsync([shards[0], shards[2]]))
                {
                    Assert.False(all, "The purges hit nothing.");
                }
            });
            purged.SetResult();
            await ledger.ReachAsync(0.4, Cancelled);
            await Brokers.MeddleAsync(broker.Address, channel => channel.QueueDeleteAsync(queue, cancellationToken: Cancelled));
            await ledger.ReachAsync(0.6, Cancelled);
            await Brokers.MeddleAsync(broker.Address, channel => channel.ExchangeDeleteAsync(Exchanges.Chat, cancellationToken: Cancelled));
            await saying;
            await ledger.ReachAsync(1, Cancelled);

            TestContext.Current.TestOutputHelper?.WriteLine(await ledger.DescribeAsync());
            Assert.Empty(await ledger.AuditAsync());

            // A gap is closed when the marks are durable, which is after the effects that the ledger counts.
            var inbox = await ledger.InboxAsync(shards[1]);
            for (var deadline = DateTime.UtcNow.AddMinutes(3); inbox.Open.Count > 0 && DateTime.UtcNow < deadline;)
            {
                await Task.Delay(50, Cancelled);
                inbox = await ledger.InboxAsync(shards[1]);
            }

            Assert.InRange(inbox.Gaps, 1, long.MaxValue);
            Assert.Equal((inbox.Gaps, 0), (inbox.Healed, inbox.Open.Count));
        }
        finally
        {
            await EndAsync(shards);
        }
    }

    [Fact]
    public async Task QueueDeletedWhileItsShardIsDown_LosesNothing()
    {
        await using var broker = await Brokers.StartAsync();
        var shards = await Brokers.StartShardsAsync(3, [broker.Address]);
        await Brokers.FollowedAsync(shards);
        var ledger = new ChatLedger(shards, Messages / 2);
        try
        {
            var saying = ledger.SayAsync(Cancelled);
            await ledger.ReachAsync(0.3, Cancelled);
            shards[2].Kill();
            await ledger.ReachAsync(0.4, Cancelled);
            await Brokers.MeddleAsync(broker.Address, async channel =>
            {
                await channel.QueueDeleteAsync(ShardQueues.NameOf(Exchanges.Chat, "s03"), cancellationToken: Cancelled);
            });
            await ledger.ReachAsync(0.5, Cancelled);
            await shards[2].StartAsync(Cancelled);
            await saying;
            await ledger.ReachAsync(1, Cancelled);
            Assert.Empty(await ledger.AuditAsync());
        }
        finally
        {
            await EndAsync(shards);
        }
    }

    [Fact]
    public async Task LastMessagesThatAreLost_AreMissedWhenShardsTellEachOtherWhatTheyHaveHeard()
    {
        await using var broker = await Brokers.StartAsync();
        var shards = await Brokers.StartShardsAsync(2, [broker.Address]);
        await Brokers.FollowedAsync(shards);
        var ledger = new ChatLedger(shards, 400);
        try
        {
            // The binding is gone while all is said, and back afterwards: nothing follows what was lost.
            var queue = ShardQueues.NameOf(Exchanges.Chat, "s02");
            using var unbinding = new CancellationTokenSource();
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var unbound = Brokers.MeddleAsync(broker.Address, async channel =>
            {
                while (!unbinding.IsCancellationRequested)
                {
                    foreach (var binding in ShardQueues.BindingsOf(Exchanges.Chat, "s02"))
                    {
                        await channel.QueueUnbindAsync(queue, binding.Exchange, binding.Pattern, cancellationToken: Cancelled);
                    }

                    begun.TrySetResult();
                }
            });
            await begun.Task;
            await ledger.SayAsync(Cancelled);
            await unbinding.CancelAsync();
            await unbound;
            await ledger.ReachAsync(1, Cancelled);
            Assert.Empty(await ledger.AuditAsync());
            Assert.InRange((await ledger.InboxAsync(shards[1])).Gaps, 1, long.MaxValue);
        }
        finally
        {
            await EndAsync(shards);
        }
    }

    private static async Task EndAsync(IReadOnlyList<Shard> shards)
    {
        foreach (var shard in shards)
        {
            await shard.DisposeAsync();
        }
    }
}

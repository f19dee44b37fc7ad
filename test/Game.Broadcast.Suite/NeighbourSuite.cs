using Xunit;

namespace Game.Broadcast.Suite;

/// <summary>Shards beside each other: what one does, or does not do, is no other's trouble.</summary>
public abstract class NeighbourSuite : BroadcastBusSuite
{
    private const int Sources = 5;

    /// <summary>The slow one's handler does not return at all until the others have everything.</summary>
    [Fact]
    public async Task SlowConsumer_HoldsUpNeitherPublishersNorOthers_AndCatchesUpInOrder()
    {
        const int Messages = 1000;
        await DeclareAsync("slow", prefetch: 8);
        await DeclareAsync("fast");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (slow, fast) = (Inbox.Acknowledging(), Inbox.Acknowledging());
        await using var slowConsumer = await Bus.ConsumeAsync(
            Queue("slow"),
            async (batch, cancellationToken) =>
            {
                await release.Task;
                await slow.HandleAsync(batch, cancellationToken);
            },
            Cancelled);
        await using var fastConsumer = await ConsumeAsync(fast, "fast");

        // Each is confirmed although the slow one takes none.
        await PublishFromAllAsync(1, Messages);
        await fast.WaitForAsync(Sources * Messages);
        AssertInOrder(fast, Messages);
        Assert.Empty(slow.Arrivals);

        release.SetResult();
        await slow.WaitForAsync(Sources * Messages);
        AssertInOrder(slow, Messages);
    }

    /// <summary>A shard that is down while others play on, and the process it comes back in is another one.</summary>
    [Fact]
    public async Task ShardDownForLong_CatchesUpInOrder_WhileOthersPlayOn()
    {
        const int Before = 50;
        const int Missed = 2000;
        const int After = 50;
        await DeclareAsync("down");
        await DeclareAsync("up");
        var before = Inbox.Acknowledging();
        await using (await ConsumeAsync(before, "down"))
        {
            await PublishFromAllAsync(1, Before);
            await before.WaitForAsync(Sources * Before);
        }

        await PublishFromAllAsync(Before + 1, Missed);
        await ReopenAsync();
        await using var upConsumer = await ConsumeAsync(Inbox.Acknowledging(), "up");
        var after = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(after, "down");
        await PublishFromAllAsync(Before + Missed + 1, After);
        await after.WaitForAsync(Sources * (Missed + After));

        AssertInOrder(before, Before);
        AssertInOrder(after, Missed + After, Before + 1);
    }

    private Task PublishFromAllAsync(int first, int count) => Task.WhenAll(Enumerable.Range(0, Sources).Select(async source =>
    {
        for (var next = first; next < first + count; next += 100)
        {
            // In order, without waiting for one before the next.
            await Task.WhenAll(Enumerable.Range(next, Math.Min(100, first + count - next)).Select(number => Bus.PublishAsync(
                Message($"{source}/{number}") with { SourceShard = $"s{source:00}", SourcePosition = number }, Cancelled).AsTask()));
        }
    }));

    private static void AssertInOrder(Inbox inbox, int count, int first = 1)
    {
        foreach (var source in inbox.Arrivals.GroupBy(arrival => arrival.Message.SourceShard))
        {
            Assert.Equal(
                Enumerable.Range(first, count).Select(number => (long)number), source.Select(arrival => arrival.Message.SourcePosition));
        }
    }
}

using Xunit;

namespace Game.Broadcast.Suite;

/// <summary>What is confirmed stays; what is acknowledged is gone.</summary>
public abstract class DurabilitySuite : BroadcastBusSuite
{
    [Fact]
    public async Task Confirmed_IsThereAfterAReopening_WithoutDeclaringAgain()
    {
        await DeclareAsync("left");
        await DeclareAsync("right", "b");
        await PublishAsync("1", "2", "3");
        await Bus.PublishAsync(Message("4", "b"), Cancelled);

        await ReopenAsync();
        await HoldsAsync(4L, depth => depth.Ready, "left");
        await Bus.PublishAsync(Message("5", "b"), Cancelled);
        var left = Inbox.Acknowledging();
        var right = Inbox.Acknowledging();
        await using var one = await ConsumeAsync(left, "left");
        await using var two = await ConsumeAsync(right, "right");
        await left.WaitForAsync(5);
        await right.WaitForAsync(2);
        Assert.Equal(["1", "2", "3", "4", "5"], left.Ids);
        Assert.Equal(["4", "5"], right.Ids);
    }

    [Fact]
    public async Task Acknowledged_DoesNotComeAgainAfterAReopening_TheRestDoes()
    {
        await DeclareAsync(prefetch: 10);
        await PublishAsync([.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        var seen = 0;
        var inbox = new Inbox(delivery =>
        {
            if (Interlocked.Increment(ref seen) <= 10 && int.Parse(delivery.Message.Id, null) % 3 != 0)
            {
                delivery.Ack();
            }
            else
            {
                delivery.Postpone();
            }
        });
        var consumer = await ConsumeAsync(inbox);
        await inbox.WaitForAsync(10);
        await consumer.DisposeAsync();

        await ReopenAsync();
        await HoldsAsync(4L, depth => depth.Ready);
        await PublishAsync("10");
        var rest = Inbox.Acknowledging();
        await using var next = await ConsumeAsync(rest);
        await rest.WaitForAsync(5);
        Assert.Equal(["0", "3", "6", "9", "10"], rest.Ids);
    }

    [Fact]
    public async Task ConcurrentPublishers_LoseAndDoubleNothing_WhileConsumersComeAndGo()
    {
        await DeclareAsync(prefetch: 16);
        var publishing = Task.WhenAll(Enumerable.Range(0, 8).Select(publisher => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await Bus.PublishAsync(Message($"{publisher}/{i}"), Cancelled);
            }
        })));

        var inbox = Inbox.Acknowledging();
        while (!publishing.IsCompleted)
        {
            await using var consumer = await ConsumeAsync(inbox);
            await inbox.WaitForAsync(Math.Min(800, inbox.Arrivals.Count + 50));
        }

        await publishing;
        await using var last = await ConsumeAsync(inbox);
        await inbox.WaitForAsync(800);
        await PassMarkerAsync(inbox);
        Assert.Equal(801, inbox.Ids.Distinct().Count());
        Assert.Equal(801, inbox.Arrivals.Count);
    }
}

using Xunit;

namespace Game.Broadcast.Suite;

/// <summary>One active consumer, bounded batches, redelivery of what a consumer did not settle.</summary>
public abstract class ConsumerSuite : BroadcastBusSuite
{
    [Fact]
    public async Task Batches_AreBoundedByThePrefetch_AndDoNotOverlap()
    {
        await DeclareAsync(prefetch: 8);
        await PublishAsync([.. Enumerable.Range(0, 100).Select(i => $"{i}")]);
        var inbox = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(inbox);

        await inbox.WaitForAsync(100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), inbox.Ids);
        Assert.InRange(inbox.LargestBatch, 2, 8);
        Assert.False(inbox.Overlapped);
    }

    [Fact]
    public async Task Depth_CountsWaitingAndUnacknowledged()
    {
        await DeclareAsync(prefetch: 2);
        await PublishAsync("1", "2", "3");
        await HoldsAsync(new QueueDepth(3, 0, 0));

        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var inbox = Inbox.Acknowledging();
        await using var consumer = await Bus.ConsumeAsync(
            Queue(),
            async (batch, cancellationToken) =>
            {
                entered.TrySetResult();
                await leave.Task;
                await inbox.HandleAsync(batch, cancellationToken);
            },
            Cancelled);
        await entered.Task;
        await HoldsAsync((3L, true), depth => (depth.Ready + depth.Unacknowledged, depth.Unacknowledged is 1 or 2));

        leave.SetResult();
        await inbox.WaitForAsync(3);
        await PassMarkerAsync(inbox);
        await consumer.DisposeAsync();
        await HoldsAsync(new QueueDepth(0, 0, 0));
    }

    [Fact]
    public async Task SecondConsumer_WaitsUntilTheFirstIsDisposed_ThenGoesOn()
    {
        await DeclareAsync();
        var first = Inbox.Acknowledging();
        var second = Inbox.Acknowledging();
        var active = await ConsumeAsync(first);
        await PassMarkerAsync(first);
        await using var standby = await ConsumeAsync(second);

        await PublishAsync("1", "2");
        await PassMarkerAsync(first);
        Assert.Empty(second.Arrivals);

        await active.DisposeAsync();
        await PublishAsync("3");
        await second.WaitForAsync(1);
        Assert.Equal(["3"], second.Ids);
        Assert.Equal(4, first.Arrivals.Count);
    }

    [Fact]
    public async Task DisposedStandby_NeverGetsAnything()
    {
        await DeclareAsync();
        var first = Inbox.Acknowledging();
        var second = Inbox.Acknowledging();
        var third = Inbox.Acknowledging();
        var active = await ConsumeAsync(first);
        await PassMarkerAsync(first);
        var standby = await ConsumeAsync(second);
        await standby.DisposeAsync();
        await active.DisposeAsync();
        await using var last = await ConsumeAsync(third);

        await PublishAsync("1");
        await third.WaitForAsync(1);
        Assert.Empty(second.Arrivals);
    }

    [Fact]
    public async Task Dispose_CancelsTheHandler_AndWaitsForIt()
    {
        await DeclareAsync();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = false;
        var consumer = await Bus.ConsumeAsync(
            Queue(),
            async (batch, cancellationToken) =>
            {
                entered.SetResult();
                var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var registration = cancellationToken.Register(cancelled.SetResult);
                await cancelled.Task;
                batch[0].Ack();
                left = true;
            },
            Cancelled);
        await PublishAsync("1");
        await entered.Task;

        await consumer.DisposeAsync();
        Assert.True(left);
        await HoldsAsync(new QueueDepth(0, 0, 0));
    }

    [Fact]
    public async Task ConsumerThatDiesBeforeTheAck_LeavesTheMessageToTheNext_InOrder()
    {
        await DeclareAsync(deliveryLimit: 2);
        await PublishAsync("1", "2", "3");
        for (var death = 0; death < 4; death++)
        {
            var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var consumer = await Bus.ConsumeAsync(
                Queue(),
                async (_, cancellationToken) =>
                {
                    entered.TrySetResult();
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                },
                Cancelled);
            await entered.Task.WaitAsync(TimeSpan.FromMinutes(3), Cancelled);
            await consumer.DisposeAsync();
        }

        var inbox = Inbox.Acknowledging();
        await using var next = await ConsumeAsync(inbox);
        await inbox.WaitForAsync(3);
        Assert.Equal(["1", "2", "3"], inbox.Ids);
        Assert.Empty(await DeadLettersAsync());
    }

    [Fact]
    public async Task HandlerThatThrows_OrSettlesNothing_GetsTheMessageAgain()
    {
        await DeclareAsync();
        var inbox = new Inbox(delivery =>
        {
            switch (delivery.Attempt)
            {
                case 1:
                    throw new InvalidOperationException("first");
                case 3:
                    delivery.Ack();
                    break;
            }
        });
        await using var consumer = await ConsumeAsync(inbox);

        await PublishAsync("1");
        var arrivals = await inbox.WaitForAsync(3);
        Assert.Equal([("1", 1), ("1", 2), ("1", 3)], arrivals.Select(arrival => (arrival.Id, arrival.Attempt)));
        Assert.Empty(await DeadLettersAsync());
    }

    [Fact]
    public async Task SettlingTwice_OrTooLate_IsRefused()
    {
        await DeclareAsync();
        Delivery? kept = null;
        var inbox = new Inbox(delivery =>
        {
            kept = delivery;
            delivery.Ack();
            Assert.Throws<InvalidOperationException>(() => delivery.Retry("again"));
        });
        await using var consumer = await ConsumeAsync(inbox);
        await PublishAsync("1");
        await inbox.WaitForAsync(1);
        Assert.Throws<InvalidOperationException>(() => kept!.Ack());
        await HoldsAsync(0L, depth => depth.DeadLetters);
    }
}

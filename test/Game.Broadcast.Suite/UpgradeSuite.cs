using Xunit;

namespace Game.Broadcast.Suite;

/// <summary>Queues of an earlier build: nothing in them is lost, and they go.</summary>
public abstract class UpgradeSuite : BroadcastBusSuite
{
    [Fact]
    public async Task RetireQueues_WhenThereAreNone_LeavesNothing()
    {
        await DeclareAsync();
        Assert.Empty(await RetireAsync("old", "older"));
        await PublishAsync("1");
        await HoldsAsync(1L, depth => depth.Ready);
    }

    [Fact]
    public async Task RetireQueues_WhenOneHoldsMessages_LeavesItUntilTheyAreConsumed()
    {
        await DeclareFormerAsync(Former("old"));
        await DeclareFormerAsync(Former("older"));
        await PublishAsync("1", "2", "3");
        await DeclareAsync();
        Assert.Equal([Queue("old"), Queue("older")], await RetireAsync("old", "older"));
        await PublishAsync("4");

        var old = Inbox.Acknowledging();
        await using (await ConsumeAsync(old, "old"))
        {
            await old.WaitForAsync(3);
            await EmptyAsync("old");
        }

        Assert.Equal(["1", "2", "3"], old.Ids);
        Assert.Equal([Queue("older")], await RetireUntilAsync(1, "old", "older"));
        var older = Inbox.Acknowledging();
        await using (await ConsumeAsync(older, "older"))
        {
            await older.WaitForAsync(3);
            await EmptyAsync("older");
        }

        Assert.Empty(await RetireUntilAsync(0, "old", "older"));
        foreach (var queue in new[] { "old", "older" })
        {
            await Assert.ThrowsAsync<BroadcastException>(() => Bus.GetDepthAsync(Queue(queue), Cancelled).AsTask());
        }

        // Nothing is bound there any more, also not after a restart, and the successor has what came since.
        await ReopenAsync();
        await PublishAsync("5");
        await HoldsAsync(2L, depth => depth.Ready);
        await Assert.ThrowsAsync<BroadcastException>(() => Bus.GetDepthAsync(Queue("old"), Cancelled).AsTask());
    }

    [Fact]
    public async Task RetireQueues_WhileOneIsConsumed_LeavesIt()
    {
        await DeclareFormerAsync(Former("old"));
        await DeclareAsync();
        var inbox = Inbox.Acknowledging();
        await using (await ConsumeAsync(inbox, "old"))
        {
            await PassMarkerAsync(inbox);
            Assert.Equal([Queue("old")], await RetireAsync("old"));
            await PassMarkerAsync(inbox);
        }

        Assert.Empty(await RetireUntilAsync(0, "old"));
    }

    [Fact]
    public async Task DeadLetters_OfAQueueThatIsRetired_AreTheSuccessors()
    {
        await DeclareFormerAsync(Former("old"));
        await DeclareAsync();
        await PublishAsync("bad");
        Assert.Equal([Queue("old")], await RetireAsync("old"));
        var inbox = new Inbox(delivery => delivery.Reject("unknown type"));
        await using (await ConsumeAsync(inbox, "old"))
        {
            await inbox.WaitForAsync(1);
            await EmptyAsync("old");
        }

        Assert.Empty(await RetireUntilAsync(0, "old"));
        await ReopenAsync();
        var letter = Assert.Single(await DeadLettersAsync());
        Assert.Equal(("bad", "unknown type"), (letter.Message.Id, letter.Reason));
        await HoldsAsync(1L, depth => depth.DeadLetters);
        Assert.True(await Bus.ReplayDeadLetterAsync(Queue(), letter.Id, Cancelled));
        await HoldsAsync(new QueueDepth(2, 0, 0));
    }

    /// <summary>Makes a queue as an earlier build did.</summary>
    protected abstract Task DeclareFormerAsync(QueueDeclaration queue);

    protected QueueDeclaration Former(string name) => new(Queue(name), [new QueueBinding(Exchanges.Guild, Key("#"))]);

    protected async Task<IReadOnlyList<string>> RetireAsync(params string[] names) =>
        await Bus.RetireQueuesAsync([.. names.Select(Former)], Queue(), Cancelled);

    /// <summary>A broker may take a moment to notice that a consumer has ended.</summary>
    protected async Task<IReadOnlyList<string>> RetireUntilAsync(int left, params string[] names)
    {
        IReadOnlyList<string> said;
        while ((said = await RetireAsync(names)).Count > left)
        {
            await Task.Delay(20, Cancelled);
        }

        return said;
    }

    private async Task EmptyAsync(string queue)
    {
        while (await Bus.GetDepthAsync(Queue(queue), Cancelled) is not { Ready: 0, Unacknowledged: 0 })
        {
            await Task.Delay(20, Cancelled);
        }
    }
}

using Xunit;

namespace Game.Broadcast.Suite;

/// <summary>Postponed, retried, rejected, expired and dead messages.</summary>
public abstract class RedeliverySuite : BroadcastBusSuite
{
    [Fact]
    public async Task Postponed_ComesAgainBeforeLaterOnes_AndDoesNotCount()
    {
        await DeclareAsync(deliveryLimit: 2, prefetch: 1);
        var times = 0;
        var inbox = new Inbox(delivery =>
        {
            if (delivery.Message.Id == "1" && times++ < 5)
            {
                delivery.Postpone();
            }
            else
            {
                delivery.Ack();
            }
        });
        await PublishAsync("1", "2");
        await using var consumer = await ConsumeAsync(inbox);

        var arrivals = await inbox.WaitForAsync(7);
        Assert.Equal(["1", "1", "1", "1", "1", "1", "2"], arrivals.Select(arrival => arrival.Id));
        Assert.All(arrivals, arrival => Assert.Equal(1, arrival.Attempt));
        Assert.Empty(await DeadLettersAsync());
    }

    [Fact]
    public async Task Postponed_InABatch_ComesAgainBeforeAnythingNew()
    {
        await DeclareAsync(prefetch: 4);
        var postponed = new HashSet<string>();
        var inbox = new Inbox(delivery =>
        {
            if (delivery.Message.Id is "1" or "3" && postponed.Add(delivery.Message.Id))
            {
                delivery.Postpone();
            }
            else
            {
                delivery.Ack();
            }
        });
        await PublishAsync("0", "1", "2", "3", "4", "5");
        await using var consumer = await ConsumeAsync(inbox);

        await inbox.WaitForAsync(8);
        var settled = inbox.Arrivals.Reverse().DistinctBy(arrival => arrival.Id).Reverse().Select(arrival => arrival.Id).ToList();
        Assert.True(settled.IndexOf("1") < settled.IndexOf("3"));
        Assert.True(settled.IndexOf("3") < settled.IndexOf("4"));
        Assert.True(settled.IndexOf("4") < settled.IndexOf("5"));
        Assert.Equal(8, inbox.Arrivals.Count);
    }

    [Fact]
    public async Task Retried_ComesAgainInPlace_UntilTheLimitMakesItADeadLetter()
    {
        await DeclareAsync(deliveryLimit: 3, prefetch: 1);
        var inbox = new Inbox(delivery =>
        {
            if (delivery.Message.Id == "bad")
            {
                delivery.Retry($"broken {delivery.Attempt}");
            }
            else
            {
                delivery.Ack();
            }
        });
        await PublishAsync("bad", "good");
        await using var consumer = await ConsumeAsync(inbox);

        var arrivals = await inbox.WaitForAsync(4);
        Assert.Equal(
            [("bad", 1), ("bad", 2), ("bad", 3), ("good", 1)], arrivals.Select(arrival => (arrival.Id, arrival.Attempt)));
        var letter = Assert.Single(await DeadLettersAsync());
        Assert.Equal(("bad", "broken 3", 3), (letter.Message.Id, letter.Reason, letter.Deliveries));
        Assert.Equal("bad", System.Text.Encoding.UTF8.GetString(letter.Message.Body.Span));
    }

    [Fact]
    public async Task PoisonInABatch_TakesNoOtherWithIt()
    {
        await DeclareAsync(deliveryLimit: 3);
        var acknowledged = new HashSet<string>();
        await PublishAsync("1", "2", "poison", "4", "5");
        var inbox = new Inbox(delivery =>
        {
            if (delivery.Message.Id == "poison")
            {
                throw new FormatException("cannot be read");
            }

            delivery.Ack();
            lock (acknowledged)
            {
                acknowledged.Add(delivery.Message.Id);
            }
        });
        await using var consumer = await ConsumeAsync(inbox);

        await PassMarkerAsync(inbox);
        Assert.Superset(new HashSet<string> { "1", "2", "4", "5" }, acknowledged);
        var letter = Assert.Single(await DeadLettersAsync());
        Assert.Equal(("poison", "cannot be read"), (letter.Message.Id, letter.Reason));
    }

    [Fact]
    public async Task Rejected_IsADeadLetterAtOnce()
    {
        await DeclareAsync();
        var inbox = new Inbox(delivery => delivery.Reject("unknown type"));
        await using var consumer = await ConsumeAsync(inbox);
        await PublishAsync("1", "2");
        await inbox.WaitForAsync(2);
        await consumer.DisposeAsync();

        var letters = await DeadLettersAsync();
        Assert.Equal([("1", "unknown type", 1), ("2", "unknown type", 1)], letters.Select(l => (l.Message.Id, l.Reason, l.Deliveries)));
        await HoldsAsync(new QueueDepth(0, 0, 2));
    }

    [Fact]
    public async Task DeadLetters_AreListedByPage_AndReplayedIntoTheirQueueAlone()
    {
        await DeclareAsync("first");
        await DeclareAsync("second");
        var rejecting = true;
        var first = new Inbox(delivery =>
        {
            if (rejecting)
            {
                delivery.Reject("not yet");
            }
            else
            {
                delivery.Ack();
            }
        });
        var second = Inbox.Acknowledging();
        await using var one = await ConsumeAsync(first, "first");
        await using var two = await ConsumeAsync(second, "second");
        await PublishAsync("1", "2", "3");
        await first.WaitForAsync(3);
        await second.WaitForAsync(3);
        await one.DisposeAsync();

        var page = await Bus.ListDeadLettersAsync(Queue("first"), 0, 2, Cancelled);
        Assert.Equal(["1", "2"], page.Select(letter => letter.Message.Id));
        var rest = await Bus.ListDeadLettersAsync(Queue("first"), page[1].Id, 10, Cancelled);
        Assert.Equal(["3"], rest.Select(letter => letter.Message.Id));

        rejecting = false;
        await using var again = await ConsumeAsync(first, "first");
        Assert.False(await Bus.ReplayDeadLetterAsync(Queue("second"), page[1].Id, Cancelled));
        Assert.True(await Bus.ReplayDeadLetterAsync(Queue("first"), page[1].Id, Cancelled));
        Assert.False(await Bus.ReplayDeadLetterAsync(Queue("first"), page[1].Id, Cancelled));
        await first.WaitForAsync(4);
        Assert.Equal(("2", 1), (first.Arrivals[3].Id, first.Arrivals[3].Attempt));
        Assert.Equal(["1", "3"], (await DeadLettersAsync("first")).Select(letter => letter.Message.Id));

        await PassMarkerAsync(second);
        Assert.Equal(4, second.Arrivals.Count);
    }

    [Fact]
    public async Task DeadLetters_OfTwoQueuesOfOneOwner_AreKeptApart()
    {
        await DeclareAsync("first", "a");
        await DeclareAsync("second", "b");
        var (first, second) = (new Inbox(delivery => delivery.Reject("first says no")), new Inbox(delivery => delivery.Reject("second says no")));
        await using (await ConsumeAsync(first, "first"))
        await using (await ConsumeAsync(second, "second"))
        {
            for (var i = 0; i < 3; i++)
            {
                await Bus.PublishAsync(Message($"a{i}", "a"), Cancelled);
                await Bus.PublishAsync(Message($"b{i}", "b"), Cancelled);
            }

            await Bus.PublishAsync(Message("b3", "b"), Cancelled);
            await first.WaitForAsync(3);
            await second.WaitForAsync(4);
        }

        await HoldsAsync(new QueueDepth(0, 0, 3), "first");
        await HoldsAsync(new QueueDepth(0, 0, 4), "second");
        var (letters, others) = (await DeadLettersAsync("first"), await DeadLettersAsync("second"));
        Assert.Equal(["a0", "a1", "a2"], letters.Select(letter => letter.Message.Id));
        Assert.Equal(["b0", "b1", "b2", "b3"], others.Select(letter => letter.Message.Id));
        Assert.All(letters, letter => Assert.Equal("first says no", letter.Reason));

        Assert.False(await Bus.DiscardDeadLetterAsync(Queue("second"), letters[0].Id, Cancelled));
        Assert.False(await Bus.ReplayDeadLetterAsync(Queue("first"), others[0].Id, Cancelled));
        Assert.True(await Bus.DiscardDeadLetterAsync(Queue("first"), letters[0].Id, Cancelled));
        Assert.True(await Bus.ReplayDeadLetterAsync(Queue("second"), others[0].Id, Cancelled));

        await ReopenAsync();
        await HoldsAsync(new QueueDepth(0, 0, 2), "first");
        await HoldsAsync(new QueueDepth(1, 0, 3), "second");
    }

    [Fact]
    public async Task Failures_OfWhatIsNotGivenUpOn_AreNoDeadLetters()
    {
        await DeclareAsync(deliveryLimit: 5);
        var inbox = new Inbox(delivery =>
        {
            if (delivery.Message.Id == "late" && delivery.Attempt < 4)
            {
                delivery.Retry("not yet");
            }
            else
            {
                delivery.Ack();
            }
        });
        await PublishAsync("late", "next");
        await using (await ConsumeAsync(inbox))
        {
            await inbox.WaitForAsync(arrivals => arrivals.Any(arrival => arrival.Attempt == 3));
            Assert.Equal(0, (await Bus.GetDepthAsync(Queue(), Cancelled)).DeadLetters);
            Assert.Empty(await DeadLettersAsync());
            await PassMarkerAsync(inbox);
        }

        await HoldsAsync(new QueueDepth(0, 0, 0));
    }

    [Fact]
    public async Task DeadLetters_SurviveAReopening_AndAReplayedOneToo()
    {
        await DeclareAsync();
        var inbox = new Inbox(delivery => delivery.Reject("no"));
        var consumer = await ConsumeAsync(inbox);
        await PublishAsync("1", "2");
        await inbox.WaitForAsync(2);
        await consumer.DisposeAsync();

        await ReopenAsync();
        var letters = await DeadLettersAsync();
        Assert.Equal(["1", "2"], letters.Select(letter => letter.Message.Id));
        Assert.True(await Bus.ReplayDeadLetterAsync(Queue(), letters[0].Id, Cancelled));

        await ReopenAsync();
        await HoldsAsync(new QueueDepth(1, 0, 1));
        var accepting = Inbox.Acknowledging();
        await using var next = await ConsumeAsync(accepting);
        await accepting.WaitForAsync(1);
        Assert.Equal(["1"], accepting.Ids);
    }

    [Fact]
    public async Task Attempts_AreRememberedOverATakeOverAndAReopening()
    {
        await DeclareAsync(deliveryLimit: 4);
        await PublishAsync("1");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var failed = false;
            var inbox = new Inbox(delivery =>
            {
                if (failed)
                {
                    delivery.Postpone();
                }
                else
                {
                    failed = true;
                    delivery.Retry("not now");
                }
            });
            var consumer = await ConsumeAsync(inbox);
            await inbox.WaitForAsync(1);
            await consumer.DisposeAsync();
            Assert.Equal(attempt, inbox.Arrivals[0].Attempt);
            await ReopenAsync();
        }

        var last = new Inbox(delivery => delivery.Retry("never"));
        await using var final = await ConsumeAsync(last);
        await PassMarkerAsync(last);
        Assert.Equal(4, last.Arrivals[0].Attempt);
        Assert.Equal(4, (await DeadLettersAsync())[0].Deliveries);
    }

    [Fact]
    public async Task Expired_IsDropped_AndNoDeadLetter()
    {
        await DeclareAsync();
        await Bus.PublishAsync(Message("short", timeToLive: TimeSpan.FromSeconds(1)), Cancelled);
        await Bus.PublishAsync(Message("long", timeToLive: TimeSpan.FromHours(1)), Cancelled);
        await Bus.PublishAsync(Message("forever"), Cancelled);
        await LetPassAsync(TimeSpan.FromSeconds(1.1));

        var inbox = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(inbox);
        await inbox.WaitForAsync(2);
        await PassMarkerAsync(inbox);
        Assert.Equal(["long", "forever"], inbox.Ids.Take(2));
        Assert.Equal(3, inbox.Arrivals.Count);
        Assert.Empty(await DeadLettersAsync());
    }

    [Fact]
    public async Task Expiry_IsCountedFromThePublish_AlsoOverAReopening()
    {
        await DeclareAsync();
        await Bus.PublishAsync(Message("short", timeToLive: TimeSpan.FromSeconds(1)), Cancelled);
        await ReopenAsync();
        await LetPassAsync(TimeSpan.FromSeconds(1.1));

        var inbox = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(inbox);
        await PassMarkerAsync(inbox);
        Assert.Single(inbox.Arrivals);
    }
}

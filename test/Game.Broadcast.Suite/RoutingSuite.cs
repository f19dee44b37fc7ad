using Xunit;

namespace Game.Broadcast.Suite;

/// <summary>Which queue gets what, in which order, and what a bus refuses.</summary>
public abstract class RoutingSuite : BroadcastBusSuite
{
    [Theory]
    [InlineData("war.s01.started", "war.s01.started", true)]
    [InlineData("war.s01.started", "war.s01.ended", false)]
    [InlineData("war.*.started", "war.s01.started", true)]
    [InlineData("war.*.started", "war.started", false)]
    [InlineData("war.*.started", "war.s01.x.started", false)]
    [InlineData("war.#", "war", true)]
    [InlineData("war.#", "war.s01.started", true)]
    [InlineData("war.#.ended", "war.ended", true)]
    [InlineData("war.#.ended", "war.s01.x.ended", true)]
    [InlineData("war.#.ended", "war.s01.ended.x", false)]
    [InlineData("#.s01.*", "war.s01.ended", true)]
    [InlineData("war.*", "warring.s01", false)]
    public async Task Publish_ReachesQueue_IfPatternMatches(string pattern, string key, bool matches)
    {
        await DeclareAsync(pattern: pattern);
        await Bus.DeclareQueueAsync(
            new QueueDeclaration(Queue(), [new QueueBinding(Exchanges.World, Key("marker"))]), Cancelled);
        var inbox = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(inbox);

        await Bus.PublishAsync(Message("m", key), Cancelled);
        await Bus.PublishAsync(Message("marker", "marker", Exchanges.World), Cancelled);

        await inbox.WaitForAsync(arrivals => arrivals.Any(arrival => arrival.Id == "marker"));
        Assert.Equal(matches ? ["m", "marker"] : ["marker"], inbox.Ids);
    }

    [Fact]
    public async Task Publish_ReachesEveryBoundQueueOnce_AlsoIfSeveralBindingsMatch()
    {
        await Bus.DeclareQueueAsync(
            new QueueDeclaration(
                Queue("both"), [new(Exchanges.Guild, Key("a.#")), new(Exchanges.Guild, Key("#")), new(Exchanges.World, Key("#"))]),
            Cancelled);
        await DeclareAsync("one", "a.*");
        var both = Inbox.Acknowledging();
        var one = Inbox.Acknowledging();
        await using var first = await ConsumeAsync(both, "both");
        await using var second = await ConsumeAsync(one, "one");

        await Bus.PublishAsync(Message("guild", "a.b"), Cancelled);
        await Bus.PublishAsync(Message("world", "a.b", Exchanges.World), Cancelled);
        await PassMarkerAsync(both, "a.c");
        await one.WaitForAsync(2);

        Assert.Equal(["guild", "world"], both.Ids.Take(2));
        Assert.Equal(3, both.Arrivals.Count);
        Assert.Equal("guild", one.Ids.First());
        Assert.Equal(2, one.Arrivals.Count);
    }

    [Fact]
    public async Task Publish_WithoutBoundQueue_IsConfirmed()
    {
        await Bus.PublishAsync(Message("nobody", "unbound"), Cancelled);
        await DeclareAsync();
        Assert.Equal(new QueueDepth(0, 0, 0), await Bus.GetDepthAsync(Queue(), Cancelled));
    }

    [Fact]
    public async Task Message_ArrivesAsItWasSent()
    {
        await DeclareAsync();
        var inbox = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(inbox);
        var body = new byte[BroadcastMessage.MaxBodyBytes];
        Random.Shared.NextBytes(body);
        var sent = new BroadcastMessage(
            "s07/123/4", Exchanges.Guild, Key("ключ.b"), "s07", 123, "war/s07.x", "war.started", 3, body, TimeSpan.FromHours(1), 9,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await Bus.PublishAsync(sent, Cancelled);
        await Bus.PublishAsync(Message("empty") with { Body = default }, Cancelled);

        var arrivals = await inbox.WaitForAsync(2);
        var received = arrivals[0].Message;
        Assert.Equal(sent with { Body = default }, received with { Body = default });
        Assert.True(received.Body.Span.SequenceEqual(body));
        Assert.Equal(1, arrivals[0].Attempt);
        Assert.Equal(0, arrivals[1].Message.Body.Length);
    }

    [Fact]
    public async Task MessagesOfOneCaller_ArriveInOrder_AlsoWithoutWaitingInBetween()
    {
        await DeclareAsync();
        var inbox = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(inbox);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(source => Task.Run(async () =>
        {
            var confirms = new List<Task>();
            for (var i = 0; i < 250; i++)
            {
                confirms.Add(Bus.PublishAsync(Message($"{source}/{i}"), Cancelled).AsTask());
            }

            await Task.WhenAll(confirms);
        })));

        await inbox.WaitForAsync(1000);
        await PassMarkerAsync(inbox);
        Assert.Equal(1001, inbox.Arrivals.Count);
        for (var source = 0; source < 4; source++)
        {
            Assert.Equal(
                Enumerable.Range(0, 250).Select(i => $"{source}/{i}"),
                inbox.Ids.Where(id => id.StartsWith($"{source}/", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Declare_Again_ChangesNothing_AndAddsBindings()
    {
        await DeclareAsync(pattern: "a");
        await Bus.PublishAsync(Message("before", "b"), Cancelled);
        await DeclareAsync(pattern: "a");
        await DeclareAsync(pattern: "b");
        await Bus.PublishAsync(Message("after", "b"), Cancelled);
        await Bus.PublishAsync(Message("still", "a"), Cancelled);

        var inbox = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(inbox);
        await PassMarkerAsync(inbox);
        Assert.Equal(["after", "still"], inbox.Ids.Take(2));
    }

    [Fact]
    public async Task Declare_WithAnotherDeliveryLimit_IsRefused_AndNamesBoth()
    {
        await DeclareAsync(deliveryLimit: 4);
        var refusal = await Assert.ThrowsAsync<BroadcastException>(() => DeclareAsync(deliveryLimit: 9));
        Assert.Contains(Queue(), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("4", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("9", refusal.Message, StringComparison.Ordinal);

        await ReopenAsync();
        await Assert.ThrowsAsync<BroadcastException>(() => DeclareAsync(deliveryLimit: 9));
        await DeclareAsync(deliveryLimit: 4, prefetch: 7);
    }

    [Fact]
    public async Task OverTheLimits_IsRefused_AndNothingIsSent()
    {
        await DeclareAsync();
        BroadcastMessage[] bad =
        [
            Message("body") with { Body = new byte[BroadcastMessage.MaxBodyBytes + 1] },
            Message(""),
            Message(new string('i', 256)),
            Message("key", new string('é', 120)),
            Message("exchange", exchange: "no such/exchange"),
            Message("ttl", timeToLive: TimeSpan.Zero),
            Message("priority") with { Priority = 10 },
            Message("position") with { SourcePosition = -1 },
        ];
        foreach (var message in bad)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => Bus.PublishAsync(message, Cancelled).AsTask());
        }

        QueueDeclaration[] badQueues =
        [
            new("", []),
            new("a b", []),
            new(new string('q', 128), []),
            new(Queue("x"), [new(Exchanges.Guild, "")]),
            new(Queue("x"), [], Prefetch: 0),
            new(Queue("x"), [], DeliveryLimit: 0),
        ];
        foreach (var queue in badQueues)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => Bus.DeclareQueueAsync(queue, Cancelled).AsTask());
        }

        Assert.Equal(0, (await Bus.GetDepthAsync(Queue(), Cancelled)).Ready);
    }

    [Fact]
    public async Task QueueOfSeveralExchanges_KeepsTheOrderOfThePublisher_AndTellsWhereEachMessageCameFrom()
    {
        string[] exchanges = [Exchanges.Guild, Exchanges.World, Exchanges.Chat, Exchanges.Resync];
        await Bus.DeclareQueueAsync(
            new QueueDeclaration(Queue(), [.. exchanges.Select(exchange => new QueueBinding(exchange, Key("#")))]), Cancelled);
        var inbox = Inbox.Acknowledging();
        await using var consumer = await ConsumeAsync(inbox);

        // In order, without waiting for one before the next.
        var sent = Enumerable.Range(0, 200).Select(number => Message($"{number}", $"key.{number}", exchanges[number % exchanges.Length])).ToList();
        await Task.WhenAll(sent.ConvertAll(message => Bus.PublishAsync(message, Cancelled).AsTask()));
        var arrivals = await inbox.WaitForAsync(sent.Count);
        Assert.Equal(
            sent.Select(message => (message.Id, message.Exchange, message.RoutingKey)),
            arrivals.Select(arrival => (arrival.Id, arrival.Message.Exchange, arrival.Message.RoutingKey)));
    }

    [Fact]
    public async Task TransientQueue_KeepsTheOrder_AndGivesUp_LikeAnyOther()
    {
        await Bus.DeclareQueueAsync(
            new QueueDeclaration(Queue(), [new QueueBinding(Exchanges.Guild, Key("#"))], DeliveryLimit: 2, Transient: true), Cancelled);
        await PublishAsync("first", "bad", "last");
        var inbox = new Inbox(delivery =>
        {
            if (delivery.Message.Id != "bad")
            {
                delivery.Ack();
            }
        });
        await using var consumer = await ConsumeAsync(inbox);

        await inbox.WaitForAsync(arrivals => arrivals.Any(arrival => arrival.Id == "last" && arrivals.Count(one => one.Id == "bad") == 2));
        await PassMarkerAsync(inbox, "marker");
        Assert.Equal("first", inbox.Ids.First());
        var letter = Assert.Single(await Bus.ListDeadLettersAsync(Queue(), 0, 10, Cancelled));
        Assert.Equal(("bad", 2), (letter.Message.Id, letter.Deliveries));
    }

    [Fact]
    public async Task UndeclaredQueue_IsRefused()
    {
        var inbox = Inbox.Acknowledging();
        await Assert.ThrowsAsync<BroadcastException>(() => ConsumeAsync(inbox, "none").AsTask());
        await Assert.ThrowsAsync<BroadcastException>(() => Bus.GetDepthAsync(Queue("none"), Cancelled).AsTask());
        await Assert.ThrowsAsync<BroadcastException>(() => Bus.ListDeadLettersAsync(Queue("none"), 0, 1, Cancelled).AsTask());
        await Assert.ThrowsAsync<BroadcastException>(() => Bus.ReplayDeadLetterAsync(Queue("none"), 1, Cancelled).AsTask());
    }
}

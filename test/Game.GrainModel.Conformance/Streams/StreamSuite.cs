using Xunit;

namespace Game.GrainModel.Conformance.Streams;

/// <summary>Streams with implicit subscriptions: at least once, in order. What each event became of is in the grain's journal.</summary>
public abstract class StreamSuite : GrainModelSuite
{
    [Fact]
    public async Task Event_ActivatesTheSubscribedGrainOfTheStreamsKey()
    {
        await Items("a").OnNextAsync(new News(1));
        await JournalOf("a").WaitForAsync("1");
        Assert.Empty(JournalOf("b").Entries);
    }

    [Fact]
    public async Task Events_ArriveInOrder()
    {
        for (var i = 0; i < 200; i++)
        {
            await Items().OnNextAsync(new News(i));
        }

        await JournalOf().WaitForAsync(200);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), JournalOf().Entries);
    }

    [Fact]
    public async Task BatchObserver_IsToldOfTheSubscriptionOnce_ThenGetsEverythingInOrderWithRisingTokens()
    {
        var stream = Batches();
        await stream.OnNextBatchAsync(Enumerable.Range(0, 50).Select(i => new News(i)));
        await stream.OnNextAsync(new News(50));
        await stream.OnNextBatchAsync(Enumerable.Range(51, 49).Select(i => new News(i)));
        await JournalOf().WaitForAsync(101);
        Assert.Equal(
            [$"subscribed {GrainModelSettings.StreamProvider} True", .. Enumerable.Range(0, 100).Select(i => $"{i}")],
            JournalOf().Entries);
    }

    [Fact]
    public async Task Delivery_WaitsItsTurn()
    {
        var hold = Grain<IItemGrain>().HoldAsync(Key("gate"));
        await GateOf("gate").Reached;
        await Items().OnNextAsync(new News(1));
        await Items("other").OnNextAsync(new News(2));
        await JournalOf("other").WaitForAsync("2");
        Assert.Equal(["hold begins"], JournalOf().Entries);

        GateOf("gate").Open();
        await SoonAsync(hold);
        await JournalOf().WaitForAsync("1");
    }

    [Fact]
    public async Task FailedDelivery_IsTriedAgain_AndNothingOvertakesIt()
    {
        Failures.Plan(Key(), 2);
        await Items().OnNextAsync(new News(1));
        await Items().OnNextAsync(new News(2));
        await JournalOf().WaitForAsync("2");
        Assert.Equal(["failed 1", "failed 1", "1", "2"], JournalOf().Entries);
    }

    [Fact]
    public async Task OneStreamThatFails_HoldsUpNoOther()
    {
        Failures.Plan(Key("bad"), int.MaxValue);
        await Items("bad").OnNextAsync(new News(1));
        await JournalOf("bad").WaitForAsync("failed 1");
        await Items("good").OnNextAsync(new News(1));
        await JournalOf("good").WaitForAsync("1");
        Assert.DoesNotContain("error", JournalOf("bad").Entries);
    }

    [Fact]
    public async Task Grains_ProduceToo()
    {
        await Grain<IItemGrain>("producer").ProduceAsync(Key("consumer"), new News(7));
        await JournalOf("consumer").WaitForAsync("7");
    }

    [Fact]
    public async Task StreamWithoutSubscriber_TakesEventsAndDropsThem()
    {
        await Host.Streams.GetStream<News>(StreamId.Create(StreamNames.Nobody, Key())).OnNextAsync(new News(1));
        await Items().OnNextAsync(new News(1));
        await JournalOf().WaitForAsync("1");
    }

    [Fact]
    public void StreamIds_AreEqual_WhenNamespaceAndKeyAre()
    {
        Assert.Equal(StreamId.Create("n", "k"), StreamId.Create("n", "k"));
        Assert.NotEqual(StreamId.Create("n", "k"), StreamId.Create("m", "k"));
        Assert.Equal("k", StreamId.Create("n", "k").GetKeyAsString());
        Assert.Equal("n", StreamId.Create("n", "k").GetNamespace());
        Assert.Equal(Host.Streams.GetStream<News>(StreamId.Create("n", "k")), Host.Streams.GetStream<News>(StreamId.Create("n", "k")));
    }

    private IAsyncStream<News> Items(string name = "grain") =>
        Host.Streams.GetStream<News>(StreamId.Create(StreamNames.Items, Key(name)));

    private IAsyncStream<News> Batches(string name = "grain") =>
        Host.Streams.GetStream<News>(StreamId.Create(StreamNames.Batches, Key(name)));
}

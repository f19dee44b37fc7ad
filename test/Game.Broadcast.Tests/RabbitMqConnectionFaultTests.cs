using System.Diagnostics;
using Game.LocalServers;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>The way to the broker goes wrong: a proxy stands in it.</summary>
public sealed class RabbitMqConnectionFaultTests(RabbitMqFixture shared) : RabbitMqFaultCase
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ConnectionCutInTheMiddleOfPublishesOrAcks_LosesNothing_AndKeepsTheOrder(bool whenPublishing)
    {
        const int Messages = 1000;
        const int Cuts = 8;
        var broker = await shared.GetAsync();
        await using var proxy = new FaultProxy(broker.Port);
        var through = Through(broker.Address, proxy.Port);
        await using var sender = await OpenAsync(whenPublishing ? through : broker.Address);
        await using var receiver = await OpenAsync(whenPublishing ? broker.Address : through);
        await DeclareAsync(receiver);
        var sources = new Sources(sender, Exchanges.World, Name, 4, Messages);
        await using var consumer = await receiver.ConsumeAsync(Name, sources.HandleAsync, Cancelled);

        var publishing = sources.PublishAsync(Cancelled);
        var random = new Random();
        for (var cut = 1; cut <= Cuts; cut++)
        {
            // Of acks a frame is 21 bytes, of publishes some hundred: somewhere in the middle of one.
            await sources.ReceivedAsync(4L * Messages * cut / (Cuts + 2));
            proxy.CutAfter(whenPublishing ? random.Next(1000, 5000) : random.Next(1, 200));
        }

        await publishing;
        await sources.ReceivedAsync(4 * Messages);
        Assert.Empty(sources.Gaps);
        Assert.InRange(proxy.Cuts, 2, Cuts);
    }

    /// <summary>Sent all at once, the later ones would count as lost before their turn, and be sent once more behind themselves.</summary>
    [Fact]
    public async Task BrokerThatIsSlowerThanItsPublisher_IsGivenLessAtATime_AndNothingIsTakenForLost()
    {
        const int Messages = 4000;

        // Longer than elsewhere: a busy machine holds up a confirm that the broker has sent.
        var confirmTimeout = TimeSpan.FromSeconds(10);
        var broker = await shared.GetAsync();
        await using var proxy = new FaultProxy(broker.Port) { BytesPerSecond = 125_000 };
        await using var sender = await OpenAsync(
            Through(broker.Address, proxy.Port), options => options with { ConfirmTimeout = confirmTimeout, Heartbeat = confirmTimeout });
        await using var receiver = await OpenAsync(broker.Address);
        await DeclareAsync(receiver);
        var received = new List<long>();
        await using var consumer = await receiver.ConsumeAsync(
            Name,
            (batch, _) =>
            {
                foreach (var delivery in batch)
                {
                    received.Add(delivery.Message.SourcePosition);
                    delivery.Ack();
                }

                return Task.CompletedTask;
            },
            Cancelled);

        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(1, Messages).Select(number => sender.PublishAsync(
            new BroadcastMessage($"s01/{number}/0", Exchanges.World, Name, "s01", number, "test/slow", "test.slow", 1, new byte[512]), Cancelled).AsTask()));
        Assert.True(Stopwatch.GetElapsedTime(started) > 2 * confirmTimeout, "It was not slow.");
        await UntilAsync(() => received.Count >= Messages, () => $"{received.Count} of {Messages}");
        Assert.Equal(Enumerable.Range(1, Messages).Select(number => (long)number), received);
        Assert.Empty(Log.Lines);
    }

    [Fact]
    public async Task ConnectionThatGoesSilent_IsGivenUpAfterThreeHeartbeats_PublishesFailByTimeOut_AndAllGoesOn()
    {
        const int Messages = 2000;
        var broker = await shared.GetAsync();
        await using var proxy = new FaultProxy(broker.Port);
        await using var bus = await OpenAsync(Through(broker.Address, proxy.Port));
        await DeclareAsync(bus);
        var sources = new Sources(bus, Exchanges.World, Name, 2, Messages);
        await using var consumer = await bus.ConsumeAsync(Name, sources.HandleAsync, Cancelled);
        var publishing = sources.PublishAsync(Cancelled);
        await sources.ReceivedAsync(Messages / 4);

        using var stalls = new Stalls();
        proxy.Silent = true;
        var silent = Stopwatch.GetTimestamp();
        await UntilAsync(() => !bus.Health.Connected, () => "Nobody has noticed.");
        Assert.InRange(Stopwatch.GetElapsedTime(silent), TimeSpan.Zero, (3 * Heartbeat) + TimeSpan.FromSeconds(2) + stalls.Sum);
        await UntilAsync(() => bus.Health is { Connected: false, Trouble: not null }, () => $"{bus.Health}");
        await UntilAsync(() => !sources.Failures.IsEmpty, () => "A publish hangs.");

        proxy.Silent = false;
        proxy.CutAll();
        await publishing;
        await sources.ReceivedAsync(2 * Messages);
        Assert.Empty(sources.Gaps);
        await UntilAsync(() => bus.Health is { Connected: true, Trouble: null, Unconfirmed: 0 }, () => $"{bus.Health}");
    }

    [Fact]
    public async Task ConnectionThatIsHeardNoMore_ThoughTheBrokerStillTalks_IsMadeAnew()
    {
        const int Messages = 400;
        var broker = await shared.GetAsync();
        await using var proxy = new FaultProxy(broker.Port);

        // Heartbeats would be missed at last; until then the client believes that all is well.
        await using var bus = await OpenAsync(Through(broker.Address, proxy.Port), options => options with { Heartbeat = TimeSpan.FromMinutes(10) });
        await DeclareAsync(bus);
        var sources = new Sources(bus, Exchanges.World, Name, 2, Messages);
        await using var consumer = await bus.ConsumeAsync(Name, sources.HandleAsync, Cancelled);
        var publishing = sources.PublishAsync(Cancelled);
        await sources.ReceivedAsync(Messages / 4);

        proxy.DeafenAll();
        await publishing;
        Assert.NotEmpty(sources.Failures);
        Assert.Contains(Log.Lines, line => line.Contains("does not answer on it", StringComparison.Ordinal));
        await UntilAsync(() => bus.Health is { Connected: true, Trouble: null, Unconfirmed: 0 }, () => $"{bus.Health}");
    }

    [Fact]
    public async Task BrokerThatCannotBeReached_IsToldAtOnce_AndNothingIsHeldBackLater()
    {
        var broker = await shared.GetAsync();
        await using var proxy = new FaultProxy(broker.Port);
        await using var bus = await OpenAsync(Through(broker.Address, proxy.Port));
        await DeclareAsync(bus);
        Assert.Equal(new BusHealth(true, null, false, 0), bus.Health);

        proxy.Refusing = true;
        await UntilAsync(() => bus.Health is { Connected: false, Trouble: not null }, () => $"{bus.Health}");
        await Assert.ThrowsAsync<BroadcastException>(() => bus.PublishAsync(
            new("1", Exchanges.World, Name, "s01", 1, "guild/x", "guild.test", 1, default), Cancelled).AsTask());
        await UntilAsync(
            () => Log.Lines.Any(line => line.Contains("the broker cannot be reached", StringComparison.Ordinal)), () => "Nobody has tried to reach it.");
        proxy.Refusing = false;

        // Nobody publishes or consumes: the connections come back by themselves.
        await UntilAsync(() => bus.Health is { Connected: true }, () => $"{bus.Health}");
        await UntilAsync(() => Log.Lines.Any(line => line.Contains("the broker is back", StringComparison.Ordinal)), () => "Nobody said so.");
    }

    [Fact]
    public async Task OfSeveralNodes_OneThatAnswersIsTaken()
    {
        var broker = await shared.GetAsync();
        var dead = Through(broker.Address, LocalPort.Free());
        for (var i = 0; i < 4; i++)
        {
            await using var bus = await OpenAsync(dead, options => options with { Nodes = [dead, broker.Address, dead] });
            Assert.True(bus.Health.Connected);
        }
    }
}

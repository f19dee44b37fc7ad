using System.Text;
using Game.Broadcast.RabbitMq;
using Game.LocalServers;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>The broker dies, forgets, refuses. Brokers of their own, where a test ends them.</summary>
public sealed class RabbitMqFaultTests(RabbitMqFixture shared)
{
    private const string Queue = "s01.war";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BrokerKilledTwiceUnderLoad_LosesNothing_AndKeepsTheOrderOfEachSource()
    {
        const int Sources = 4;
        const int Messages = 1500;
        await shared.GetAsync();
        await using var broker = await RabbitMqServer.StartAsync(Cancelled);
        await using (var first = await OpenAsync(broker.Address))
        {
            await first.DeclareQueueAsync(new QueueDeclaration(Queue, [new QueueBinding(Exchanges.Guild, "#")]), Cancelled);
        }

        // From here on the queue outlives the broker's death; before, RabbitMQ 3.10 keeps it in memory.
        await broker.StopAsync();
        await broker.RestartAsync(Cancelled);
        await using var sender = await OpenAsync(broker.Address);
        await using var receiver = await OpenAsync(broker.Address);
        await receiver.DeclareQueueAsync(new QueueDeclaration(Queue, [new QueueBinding(Exchanges.Guild, "#")]), Cancelled);
        var inbox = new HighWaterMarks(Sources);
        await using var consumer = await receiver.ConsumeAsync(Queue, inbox.HandleAsync, Cancelled);

        var publishing = Enumerable.Range(0, Sources).Select(source => Task.Run(async () =>
        {
            // As a publisher does: in order, again from the first one that was not confirmed.
            for (var next = 1; next <= Messages;)
            {
                try
                {
                    await sender.PublishAsync(Message(source, next), Cancelled);
                    next++;
                }
                catch (BroadcastException)
                {
                    await Task.Delay(20, Cancelled);
                }
            }
        })).ToArray();

        foreach (var mark in new[] { Messages / 4, Messages / 2 })
        {
            await inbox.WaitForAsync(0, mark);
            await broker.KillAsync();
            await broker.RestartAsync(Cancelled);
        }

        await Task.WhenAll(publishing);
        for (var source = 0; source < Sources; source++)
        {
            await inbox.WaitForAsync(source, Messages);
        }

        Assert.Empty(inbox.Gaps);
    }

    [Fact]
    public async Task QueueThatTheBrokerLost_IsMadeAgain_AndConsumed()
    {
        var broker = await shared.GetAsync();
        var queue = $"lost-{Guid.NewGuid():N}";
        await using var bus = await OpenAsync(broker.Address);
        await bus.DeclareQueueAsync(new QueueDeclaration(queue, [new QueueBinding(Exchanges.World, queue)]), Cancelled);
        var inbox = new HighWaterMarks(1);
        await using var consumer = await bus.ConsumeAsync(queue, inbox.HandleAsync, Cancelled);
        await bus.PublishAsync(Message(0, 1) with { Exchange = Exchanges.World, RoutingKey = queue }, Cancelled);
        await inbox.WaitForAsync(0, 1);

        await using (var connection = await new ConnectionFactory { Uri = broker.Address }.CreateConnectionAsync(Cancelled))
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            await channel.QueueDeleteAsync(queue, cancellationToken: Cancelled);
        }

        // What is published before the queue is back goes to no queue.
        for (var next = 2; inbox.Of(0) < 2; next++)
        {
            await bus.PublishAsync(Message(0, next) with { Exchange = Exchanges.World, RoutingKey = queue }, Cancelled);
            await Task.Delay(20, Cancelled);
        }
    }

    [Fact]
    public async Task TransientQueue_IsThereAgainAfterTheBrokerHasDied_AndConsumed()
    {
        await shared.GetAsync();
        await using var broker = await RabbitMqServer.StartAsync(Cancelled);
        var queue = new QueueDeclaration(Queue, [new QueueBinding(Exchanges.Guild, "#")], Transient: true);
        await using (var first = await OpenAsync(broker.Address))
        {
            await first.DeclareQueueAsync(queue, Cancelled);
        }

        // From here on the queues beside it outlive the broker's death; before, RabbitMQ 3.10 keeps them in memory.
        await broker.StopAsync();
        await broker.RestartAsync(Cancelled);
        await using var bus = await OpenAsync(broker.Address);
        await bus.DeclareQueueAsync(queue, Cancelled);
        var inbox = new HighWaterMarks(1);
        await using var consumer = await bus.ConsumeAsync(Queue, inbox.HandleAsync, Cancelled);
        await bus.PublishAsync(Message(0, 1), Cancelled);
        await inbox.WaitForAsync(0, 1);
        await broker.KillAsync();
        await broker.RestartAsync(Cancelled);

        // Until the queue is back what is published goes to no queue, or is not confirmed.
        for (var next = 2; inbox.Of(0) < 2; next++)
        {
            try
            {
                await bus.PublishAsync(Message(0, next), Cancelled);
            }
            catch (BroadcastException)
            {
                // The bus has not found the broker again yet.
            }

            await Task.Delay(20, Cancelled);
        }
    }

    [Fact]
    public async Task MessageOfAnotherProgram_IsADeadLetter_AndBlocksNothing()
    {
        var broker = await shared.GetAsync();
        var queue = $"foreign-{Guid.NewGuid():N}";
        await using var bus = await OpenAsync(broker.Address);
        await bus.DeclareQueueAsync(new QueueDeclaration(queue, []), Cancelled);
        await using (var connection = await new ConnectionFactory { Uri = broker.Address }.CreateConnectionAsync(Cancelled))
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            await channel.BasicPublishAsync("", queue, Encoding.UTF8.GetBytes("hello"), Cancelled);
        }

        await using var consumer = await bus.ConsumeAsync(queue, (_, _) => throw new InvalidOperationException("not reached"), Cancelled);
        IReadOnlyList<DeadLetter> letters = [];
        while (letters.Count == 0)
        {
            letters = await bus.ListDeadLettersAsync(queue, 0, 10, Cancelled);
        }

        Assert.Equal(("The message has no message-id.", 1), (letters[0].Reason, letters[0].Deliveries));
        Assert.Equal("hello", Encoding.UTF8.GetString(letters[0].Message.Body.Span));
    }

    [Fact]
    public async Task BrokerThatIsNotThere_OrRefusesTheUser_IsToldInASentence()
    {
        var broker = await shared.GetAsync();
        var away = await Assert.ThrowsAsync<BroadcastException>(() => OpenAsync(new Uri("amqp://127.0.0.1:1/")));
        Assert.StartsWith("The broker cannot be reached", away.Message, StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<BroadcastException>(
            () => OpenAsync(new UriBuilder(broker.Address) { Password = "wrong-password" }.Uri));
        Assert.Contains("ACCESS_REFUSED", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", refused.ToString(), StringComparison.Ordinal);
    }

    private static Task<RabbitMqBus> OpenAsync(Uri broker) => RabbitMqBus.OpenAsync(
        new RabbitMqOptions { Nodes = [broker] }, TimeProvider.System, NullLogger<RabbitMqBus>.Instance, Cancelled);

    private static BroadcastMessage Message(int source, int number) => new(
        $"{source}/{number}", Exchanges.Guild, $"guild.{source}", $"s{source:00}", number, "guild/x", "guild.test", 1, default);

    /// <summary>What an inbox does: takes what is next of each source, drops what it has seen, and tells what was skipped.</summary>
    private sealed class HighWaterMarks(int sources)
    {
        private readonly long[] _marks = new long[sources];
        private readonly List<string> _gaps = [];
        private readonly SemaphoreSlim _moved = new(0);

        public IReadOnlyList<string> Gaps => _gaps;

        public long Of(int source) => Volatile.Read(ref _marks[source]);

        public Task HandleAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
        {
            foreach (var delivery in batch)
            {
                var source = int.Parse(delivery.Message.SourceShard[1..], null);
                var position = delivery.Message.SourcePosition;
                if (position > _marks[source] + 1)
                {
                    _gaps.Add($"{delivery.Message.Id} after {_marks[source]}");
                }

                Volatile.Write(ref _marks[source], Math.Max(position, _marks[source]));
                delivery.Ack();
            }

            _moved.Release();
            return Task.CompletedTask;
        }

        public async Task WaitForAsync(int source, long mark)
        {
            while (Of(source) < mark)
            {
                Assert.True(await _moved.WaitAsync(TimeSpan.FromSeconds(60)), $"Source {source} stays at {Of(source)} of {mark}.");
            }
        }
    }
}

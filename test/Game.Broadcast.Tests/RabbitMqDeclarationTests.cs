using Game.Broadcast.RabbitMq;
using Game.LocalServers;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>Declaring waits for the broker as long as it takes, says so, and gives up only what is refused; and what it leaves there.</summary>
public sealed class RabbitMqDeclarationTests(RabbitMqFixture shared) : RabbitMqFaultCase
{
    [Fact]
    public async Task Declare_WhileTheBrokerIsAway_WaitsAndSaysSo_AndIsDoneWhenItIsBack()
    {
        var broker = await shared.GetAsync();
        await using var proxy = new FaultProxy(broker.Port);
        await using var bus = await OpenAsync(Through(broker.Address, proxy.Port));
        proxy.Refusing = true;
        var declaring = Task.WhenAll(Enumerable.Range(0, 20).Select(number => DeclareAsync(bus, $"{number}.{Name}")));
        await UntilAsync(
            () => Log.Lines.Any(line => line.StartsWith("The broker is slow: 0 of 20 queues are declared", StringComparison.Ordinal)),
            () => string.Join('\n', Log.Lines));
        Assert.False(declaring.IsCompleted);

        proxy.Refusing = false;
        await declaring;
        Assert.Equal(0, (await bus.GetDepthAsync($"19.{Name}", Cancelled)).Ready);
    }

    [Fact]
    public async Task Declare_WhenTheBrokerDoesNotAnswer_WaitsOnANewConnection()
    {
        var broker = await shared.GetAsync();
        await using var proxy = new FaultProxy(broker.Port);
        await using var bus = await OpenAsync(Through(broker.Address, proxy.Port));
        await DeclareAsync(bus, $"first.{Name}");
        proxy.Silent = true;
        var declaring = DeclareAsync(bus, $"second.{Name}");
        await UntilAsync(() => !bus.Health.Connected, () => "Nobody has noticed.");
        Assert.False(declaring.IsCompleted);

        proxy.Silent = false;
        proxy.CutAll();
        await declaring;
        Assert.Equal(0, (await bus.GetDepthAsync($"second.{Name}", Cancelled)).Ready);
    }

    [Fact]
    public async Task Declare_WhenTheUserMayNot_GivesUpAtOnce()
    {
        var broker = await shared.GetAsync();
        var user = $"u{Guid.NewGuid():N}";
        await broker.ControlAsync("add_user", user, "some-secret");
        await broker.ControlAsync("set_permissions", user, "^$", ".*", ".*");
        await using var bus = await OpenAsync(new UriBuilder(broker.Address) { UserName = user, Password = "some-secret" }.Uri);

        var refused = await Assert.ThrowsAsync<BroadcastException>(() => DeclareAsync(bus, Name));
        Assert.Contains("ACCESS_REFUSED", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Log.Lines, line => line.Contains("is declared again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Declare_WhenTheBusIsClosedMeanwhile_Ends()
    {
        var broker = await shared.GetAsync();
        await using var proxy = new FaultProxy(broker.Port);
        var bus = await OpenAsync(Through(broker.Address, proxy.Port));
        proxy.Refusing = true;
        var declaring = DeclareAsync(bus, Name);
        await UntilAsync(() => Log.Lines.Any(line => line.Contains("is declared again", StringComparison.Ordinal)), () => string.Join('\n', Log.Lines));

        await bus.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => declaring);
    }

    /// <summary>RabbitMQ 4 deprecates queues that are neither durable nor one connection's; a limit of deliveries is its default.</summary>
    [Fact]
    public async Task Queues_AreDurableOrOneConnections_AndLimitNoDeliveriesOfDeadLetters()
    {
        var broker = await shared.GetAsync();
        await using var bus = await OpenAsync(broker.Address);
        await DeclareAsync(bus, $"durable.{Name}");
        await bus.DeclareQueueAsync(new QueueDeclaration($"transient.{Name}", [], Transient: true), Cancelled);
        var queues = (await broker.ControlAsync("list_queues", "name", "durable", "exclusive", "type", "arguments")).Split('\n')
            .Select(line => line.Split('\t')).Where(queue => queue[0].EndsWith(Name, StringComparison.Ordinal)).ToList();

        Assert.Equal(3, queues.Count);
        Assert.All(queues, queue => Assert.Equal(queue[0].StartsWith("transient.", StringComparison.Ordinal) ? ("false", "true") : ("true", ""), (queue[1], queue[2])));
        Assert.All(queues.Where(queue => queue[3].Contains("quorum", StringComparison.Ordinal)), queue => Assert.Matches("x-delivery-limit\",10000", queue[4]));
        Assert.Equal(2, queues.Count(queue => queue[3].Contains("quorum", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TransientQueue_IsConsumedByOneProcess_AndByTheNextWhenThatEnds()
    {
        var broker = await shared.GetAsync();
        var queue = new QueueDeclaration(Name, [new QueueBinding(Exchanges.World, Name)], Transient: true);
        var first = await OpenAsync(broker.Address);
        await using var second = await OpenAsync(broker.Address);
        await first.DeclareQueueAsync(queue, Cancelled);
        await second.DeclareQueueAsync(queue, Cancelled);
        var (here, there) = (new Sources(second, Exchanges.World, Name, 1, 50), new Sources(second, Exchanges.World, Name, 1, 50));
        await first.ConsumeAsync(Name, here.HandleAsync, Cancelled);
        await using var standby = await second.ConsumeAsync(Name, there.HandleAsync, Cancelled);
        await here.PublishAsync(Cancelled);
        await here.ReceivedAsync(50);
        Assert.Equal(0, there.Received);
        Assert.Equal(new QueueDepth(0, 0, 0), await second.GetDepthAsync(Name, Cancelled));

        await first.DisposeAsync();
        while (there.Received == 0)
        {
            // What is published while nobody has the queue is lost, as promised.
            await there.PublishAsync(Cancelled);
        }

        Assert.DoesNotContain(Log.Lines, line => line.Contains("interrupted", StringComparison.Ordinal));
    }

    /// <summary>What remembers failures goes when nothing has failed: the dead letters' queue does not grow with what went well.</summary>
    [Fact]
    public async Task NotesOfFailures_AreRemoved_WhenTheirMessagesAreSettled()
    {
        var broker = await shared.GetAsync();
        await using var bus = await OpenAsync(broker.Address);
        await DeclareAsync(bus);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (await bus.ConsumeAsync(
            Name,
            (batch, _) =>
            {
                foreach (var delivery in batch)
                {
                    if (delivery.Attempt < 4)
                    {
                        delivery.Retry("not yet");
                        continue;
                    }

                    failed.TrySetResult();
                    delivery.Ack();
                    if (delivery.Message.Id == "3")
                    {
                        done.TrySetResult();
                    }
                }

                return Task.CompletedTask;
            },
            Cancelled))
        {
            for (var i = 1; i <= 3; i++)
            {
                await bus.PublishAsync(new($"{i}", Exchanges.World, Name, "s01", 1, "guild/x", "guild.test", 1, default), Cancelled);
            }

            await failed.Task.WaitAsync(Cancelled);
            Assert.True(await CountAsync() > 0, "Nothing is noted down.");
            await done.Task.WaitAsync(Cancelled);
        }

        await UntilAsync(async () => await CountAsync() == 0, "Notes are left.");

        async Task<uint> CountAsync()
        {
            var count = 0u;
            await MeddleAsync(
                broker.Address,
                async channel => count = (await channel.QueueDeclarePassiveAsync(Topology.DeadLettersOf(Name), Cancelled)).MessageCount);
            return count;
        }
    }

    private static Task DeclareAsync(RabbitMqBus bus, string name) =>
        bus.DeclareQueueAsync(new QueueDeclaration(name, [new QueueBinding(Exchanges.World, name)]), Cancelled).AsTask();
}

using System.Diagnostics;
using Game.Broadcast.RabbitMq;
using Game.LocalServers;
using RabbitMQ.Client;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>The broker has no room, or somebody has taken away what the game needs there.</summary>
public sealed class RabbitMqResourceFaultTests(RabbitMqFixture shared) : RabbitMqFaultCase
{
    [Fact]
    public async Task MemoryAlarm_FailsPublishesInTime_LetsConsumersGoOn_IsTold_AndAllGoesOnAfterIt()
    {
        await shared.GetAsync();
        await using var broker = await RabbitMqServer.StartAsync(Cancelled);
        await using var bus = await OpenAsync(broker.Address);
        await DeclareAsync(bus);
        var sources = new Sources(bus, Exchanges.World, Name, 2, 400);
        for (var i = 0; i < 50; i++)
        {
            await bus.PublishAsync(new($"early/{i}", Exchanges.World, Name, "s01", 1, "guild/x", "guild.test", 1, default), Cancelled);
        }

        await broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "1000000");
        var publishing = sources.PublishAsync(Cancelled);
        await UntilAsync(
            () => bus.Health is { Blocked: true, Connected: true, Trouble: { } trouble } && trouble.Contains("takes no messages", StringComparison.Ordinal),
            () => $"{bus.Health}");
        using var stalls = new Stalls();
        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<BroadcastException>(() => bus.PublishAsync(
            new("late", Exchanges.World, Name, "s01", 1, "guild/x", "guild.test", 1, default), Cancelled).AsTask());
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5) + stalls.Sum);

        // What the broker holds is still delivered and acknowledged, and the depth can still be asked for.
        var before = 0;
        await using (await bus.ConsumeAsync(
            Name,
            (batch, _) =>
            {
                foreach (var delivery in batch)
                {
                    before++;
                    delivery.Ack();
                }

                return Task.CompletedTask;
            },
            Cancelled))
        {
            await UntilAsync(() => before >= 50, () => $"{before} of 50 were delivered.");
            await UntilAsync(
                async () => await bus.GetDepthAsync(Name, Cancelled) is { Ready: 0, Unacknowledged: 0 }, "They were not acknowledged.");
        }

        await using var consumer = await bus.ConsumeAsync(Name, sources.HandleAsync, Cancelled);
        await broker.ControlAsync("set_vm_memory_high_watermark", "0.6");
        await publishing;
        await sources.ReceivedAsync(800);
        await UntilAsync(() => bus.Health is { Blocked: false, Trouble: null, Unconfirmed: 0 }, () => $"{bus.Health}");
    }

    [Fact]
    public async Task FullQueue_RefusesPublishes_WhichAreRepeated_AndNothingIsLost()
    {
        const int Messages = 300;
        var broker = await shared.GetAsync();
        await using var bus = await OpenAsync(broker.Address);
        await broker.ControlAsync(
            "set_policy", Name, $"^{Name}$", """{"max-length":20,"overflow":"reject-publish"}""", "--apply-to", "queues");
        await DeclareAsync(bus);
        var sources = new Sources(bus, Exchanges.World, Name, 2, Messages);
        var publishing = sources.PublishAsync(Cancelled);
        await UntilAsync(() => sources.Failures.Count > 5, () => "Nothing was refused.");
        Assert.Contains(sources.Failures, failure => failure.Contains("a queue is full", StringComparison.Ordinal));
        Assert.Contains("a queue is full", bus.Health.Trouble, StringComparison.Ordinal);

        await using var consumer = await bus.ConsumeAsync(Name, sources.HandleAsync, Cancelled);
        await publishing;
        await sources.ReceivedAsync(2 * Messages);
        Assert.Empty(sources.Gaps);
        await UntilAsync(() => bus.Health.Trouble is null, () => $"{bus.Health}");
    }

    [Fact]
    public async Task ExchangeAndQueuesThatAreDeleted_AreMadeAgainWithTheirBindings_AndConsumed()
    {
        var broker = await shared.GetAsync();
        await using var bus = await OpenAsync(broker.Address);
        var exchange = $"exchange-{Name}";
        await bus.DeclareQueueAsync(new QueueDeclaration(Name, [new QueueBinding(exchange, "#")]), Cancelled);
        var sources = new Sources(bus, exchange, Name, 1, 100_000);
        await using var consumer = await bus.ConsumeAsync(Name, sources.HandleAsync, Cancelled);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var publishing = sources.PublishAsync(enough.Token);
        await sources.ReceivedAsync(100);

        foreach (var damage in (Func<IChannel, Task>[])
        [
            channel => channel.ExchangeDeleteAsync(exchange, cancellationToken: Cancelled),
            channel => channel.QueueUnbindAsync(Name, exchange, "#", cancellationToken: Cancelled),
            channel => channel.QueueDeleteAsync(Name, cancellationToken: Cancelled),
            channel => channel.QueueDeleteAsync(Topology.DeadLettersOf(Name), cancellationToken: Cancelled),
        ])
        {
            await MeddleAsync(broker.Address, damage);
            var confirmed = sources.Confirmed;
            await UntilAsync(() => sources.Confirmed > confirmed + 50, () => "Nothing is confirmed any more.");
            confirmed = sources.Confirmed;
            await sources.ReceivedAsync(confirmed);
        }

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
        Assert.Contains(Log.Lines, line => line.Contains("queues and bindings are put back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CredentialsThatAreRevoked_AreTold_AndTheNextOnesAreTaken()
    {
        var broker = await shared.GetAsync();
        var user = $"u{Guid.NewGuid():N}";
        var password = "first-secret";
        async Task GrantAsync()
        {
            await broker.ControlAsync("add_user", user, password);
            await broker.ControlAsync("set_permissions", user, ".*", ".*", ".*");
        }

        Uri Address() => new UriBuilder(broker.Address) { UserName = user, Password = password }.Uri;

        await GrantAsync();
        await using var bus = await OpenAsync(Address(), options => options with { ReadNodes = () => [Address()] });
        await DeclareAsync(bus);
        var sources = new Sources(bus, Exchanges.World, Name, 2, 1000);
        await using var consumer = await bus.ConsumeAsync(Name, sources.HandleAsync, Cancelled);
        var publishing = sources.PublishAsync(Cancelled);
        await sources.ReceivedAsync(200);

        await broker.ControlAsync("delete_user", user);
        await broker.ControlAsync("close_all_user_connections", user, "revoked");
        await UntilAsync(
            () => bus.Health is { Connected: false, Trouble: { } trouble } && trouble.Contains("ACCESS_REFUSED", StringComparison.Ordinal), () => $"{bus.Health}");
        await UntilAsync(() => Log.Lines.Any(line => line.Contains("ACCESS_REFUSED", StringComparison.Ordinal)), () => "The log does not say it.");

        // Rotated: what the settings' file would say now.
        password = "second-secret";
        await GrantAsync();
        await publishing;
        await sources.ReceivedAsync(2000);
        Assert.Empty(sources.Gaps);
        await UntilAsync(() => bus.Health is { Connected: true, Trouble: null }, () => $"{bus.Health}");
        Assert.DoesNotContain(Log.Lines, line => line.Contains("-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PermissionToWriteThatIsTakenAway_IsTold_AndItGoesOnWithIt()
    {
        var broker = await shared.GetAsync();
        var user = $"u{Guid.NewGuid():N}";
        await broker.ControlAsync("add_user", user, "some-secret");
        await broker.ControlAsync("set_permissions", user, ".*", ".*", ".*");
        await using var bus = await OpenAsync(new UriBuilder(broker.Address) { UserName = user, Password = "some-secret" }.Uri);
        await DeclareAsync(bus);
        var sources = new Sources(bus, Exchanges.World, Name, 1, 1000);
        await using var consumer = await bus.ConsumeAsync(Name, sources.HandleAsync, Cancelled);

        await broker.ControlAsync("set_permissions", user, ".*", "^$", ".*");
        await Task.WhenAll(sources.PublishAsync(Cancelled), GiveBackAsync());
        await sources.ReceivedAsync(1000);

        async Task GiveBackAsync()
        {
            await UntilAsync(() => bus.Health.Trouble?.Contains("ACCESS_REFUSED", StringComparison.Ordinal) ?? false, () => $"{bus.Health}");
            await broker.ControlAsync("set_permissions", user, ".*", ".*", ".*");
        }
    }
}

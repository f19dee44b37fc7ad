using Game.Broadcast.RabbitMq;
using Game.Broadcast.Suite;
using Game.LocalServers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

[assembly: AssemblyFixture(typeof(Game.Broadcast.Tests.RabbitMqFixture))]

namespace Game.Broadcast.Tests;

/// <summary>One broker for the whole run, started by the first test that needs it.</summary>
public sealed class RabbitMqFixture : IAsyncDisposable
{
    private readonly Lazy<Task<RabbitMqServer>> _server = new(() => RabbitMqServer.StartAsync());

    public async Task<RabbitMqServer> GetAsync()
    {
        try
        {
            return await _server.Value;
        }
        catch (ServerMissingException missing) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    /// <summary>Patient: what is shown over this bus is not when it gives up.</summary>
    public async ValueTask<IBroadcastBus> OpenAsync() => await RabbitMqBus.OpenAsync(
        new RabbitMqOptions
        {
            Nodes = [(await GetAsync()).Address],
            RequestTimeout = TimeSpan.FromMinutes(1),
            ConfirmTimeout = TimeSpan.FromMinutes(1),
            Heartbeat = TimeSpan.FromMinutes(1),
        },
        TimeProvider.System,
        NullLogger<RabbitMqBus>.Instance);

    public async ValueTask DisposeAsync()
    {
        if (_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}

public sealed class RabbitMqRoutingTests(RabbitMqFixture broker) : RoutingSuite
{
    protected override ValueTask<IBroadcastBus> OpenAsync() => broker.OpenAsync();

    protected override async ValueTask LetPassAsync(TimeSpan time) => await Task.Delay(time);
}

public sealed class RabbitMqConsumerTests(RabbitMqFixture broker) : ConsumerSuite
{
    protected override ValueTask<IBroadcastBus> OpenAsync() => broker.OpenAsync();

    protected override async ValueTask LetPassAsync(TimeSpan time) => await Task.Delay(time);
}

public sealed class RabbitMqRedeliveryTests(RabbitMqFixture broker) : RedeliverySuite
{
    protected override ValueTask<IBroadcastBus> OpenAsync() => broker.OpenAsync();

    protected override async ValueTask LetPassAsync(TimeSpan time) => await Task.Delay(time);
}

public sealed class RabbitMqDurabilityTests(RabbitMqFixture broker) : DurabilitySuite
{
    protected override ValueTask<IBroadcastBus> OpenAsync() => broker.OpenAsync();

    protected override async ValueTask LetPassAsync(TimeSpan time) => await Task.Delay(time);
}

public sealed class RabbitMqNeighbourTests(RabbitMqFixture broker) : NeighbourSuite
{
    protected override ValueTask<IBroadcastBus> OpenAsync() => broker.OpenAsync();

    protected override async ValueTask LetPassAsync(TimeSpan time) => await Task.Delay(time);
}

[assembly: AssemblyFixture(typeof(Game.Gateway.Tests.Harness.GatewayFixture))]

namespace Game.Gateway.Tests.Harness;

/// <summary>One gateway with default behaviour for every test that needs nothing special of its own.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    public TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}

using System.Net;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Sessions;

public sealed class DrainTests(GatewayFixture fixture)
{
    /// <summary>What SIGTERM does: first not ready any more, while everybody is still served; then sessions are let go.</summary>
    [Fact]
    public async Task Gateway_GoingDown_IsNotReady_TakesNoSessions_ServesThoseItHas_AndSaysGoodbye()
    {
        await using var gateway = await TestGateway.StartAsync(settings => settings.ReadyDelaySeconds = 3, shards: fixture.Gateway.Shards);
        var player = await gateway.RegisterAsync();
        await using var session = await player.ConnectAsync();
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(gateway));

        var stopping = gateway.StopAsync();
        while (await ReadyAsync(gateway) == HttpStatusCode.OK)
        {
            Assert.False(stopping.IsCompleted);
        }

        // The load balancer has yet to notice.
        (await player.GetAsync("/v1/players/me")).Expect(HttpStatusCode.OK);
        using var late = await TestSession.ConnectAsync(gateway, player.AccessToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, late.HttpStatusCode);

        await session.AskForAsync("said", "chat", new { channel = "shard", text = "last words" });

        Assert.Equal(1001, await session.CloseCodeAsync());
        await stopping;
    }

    private static async Task<HttpStatusCode> ReadyAsync(TestGateway gateway)
    {
        using var response = await gateway.Management.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}

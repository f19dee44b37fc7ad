using System.Net;
using Game.Gateway.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Game.Gateway.Tests.Sessions;

public sealed class DrainTests(GatewayFixture fixture)
{
    private const int DelaySeconds = 3;

    /// <summary>What SIGTERM does: first not ready any more, while everybody is still served; then sessions are let go.</summary>
    [Fact]
    public async Task Gateway_GoingDown_IsNotReady_TakesNoSessions_ServesThoseItHas_AndSaysGoodbye()
    {
        var clock = new DrainClock();
        await using var gateway = await TestGateway.StartAsync(
            settings => settings.ReadyDelaySeconds = DelaySeconds, clock, fixture.Gateway.Shards);
        var player = await gateway.RegisterAsync();
        await using var session = await player.ConnectAsync();
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(gateway));

        var stopping = gateway.StopAsync();
        try
        {
            while (await ReadyAsync(gateway) == HttpStatusCode.OK)
            {
                Assert.False(stopping.IsCompleted);
            }

            // The load balancer has yet to notice.
            (await player.GetAsync("/v1/players/me")).Expect(HttpStatusCode.OK);
            using var late = await TestSession.ConnectAsync(gateway, player.AccessToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, late.HttpStatusCode);

            await session.AskForAsync("said", "chat", new { channel = "shard", text = "last words" });
            await clock.Delaying.WaitAsync(TestGateway.Patience, TestContext.Current.CancellationToken);
        }
        finally
        {
            // In any case, or the gateway would not end.
            clock.Advance(TimeSpan.FromSeconds(DelaySeconds));
        }

        Assert.Equal(1001, await session.CloseCodeAsync());
        await stopping;
    }

    private static async Task<HttpStatusCode> ReadyAsync(TestGateway gateway)
    {
        using var response = await gateway.Management.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>Stands still unless told, and tells when the delay before the sessions' end has begun.</summary>
    private sealed class DrainClock() : FakeTimeProvider(DateTimeOffset.UtcNow)
    {
        private readonly TaskCompletionSource _delaying = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Delaying => _delaying.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == TimeSpan.FromSeconds(DelaySeconds))
            {
                _delaying.TrySetResult();
            }

            return timer;
        }
    }
}

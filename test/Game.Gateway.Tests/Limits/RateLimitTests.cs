using System.Net;
using System.Net.Http.Json;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Limits;

/// <summary>Who is too fast is told when to come again, is counted, and takes nothing from others.</summary>
public sealed class RateLimitTests(GatewayFixture fixture)
{
    private const int Burst = 5;

    [Fact]
    public async Task Player_TooFast_IsRefused_AndOthersAreNot()
    {
        await using var gateway = await StartAsync(limits => (limits.PlayerPerSecond, limits.PlayerBurst) = (1, Burst));
        var hasty = await gateway.RegisterAsync();
        var calm = await gateway.RegisterAsync();

        var refused = await UntilRefusedAsync(() => hasty.GetAsync("/v1/players/me"));

        refused.Refused(HttpStatusCode.TooManyRequests, "too_fast");
        Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10);
        (await calm.GetAsync("/v1/players/me")).Expect(HttpStatusCode.OK);
        Assert.Contains("gateway_refusals_total{code=\"too_fast\"", await gateway.Management.GetStringAsync("/metrics", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Address_TooFast_IsRefused_WhoeverAsks()
    {
        await using var gateway = await StartAsync(limits => (limits.AddressPerSecond, limits.AddressBurst) = (1, Burst));
        var refused = await UntilRefusedAsync(async () =>
            await Answer.ReadAsync(await gateway.Http.GetAsync("/v1/players/me", TestContext.Current.CancellationToken)));
        refused.Refused(HttpStatusCode.TooManyRequests, "too_fast");
    }

    [Fact]
    public async Task SignIn_HasALimitOfItsOwn()
    {
        await using var gateway = await StartAsync(limits => (limits.SignInPerSecond, limits.SignInBurst) = (1, Burst));
        var player = await gateway.RegisterAsync();
        var refused = await UntilRefusedAsync(() => LoginAsync(gateway, player.Name, TestPlayer.Password), spent: 1);
        refused.Refused(HttpStatusCode.TooManyRequests, "too_fast");
        (await player.GetAsync("/v1/players/me")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Guesser_OfOnePassword_IsSlowedDown_AndOtherAccountsAreNot()
    {
        await using var gateway = await StartAsync(limits => (limits.AccountPerMinute, limits.AccountBurst) = (1, Burst));
        var victim = await gateway.RegisterAsync();
        var other = await gateway.RegisterAsync();

        var guesses = 0;
        var refused = await UntilRefusedAsync(() =>
        {
            guesses++;
            return LoginAsync(gateway, guesses % 2 == 0 ? victim.Name : victim.Name.ToUpperInvariant(), $"wrong guess {guesses}");
        });

        refused.Refused(HttpStatusCode.TooManyRequests, "too_fast");
        Assert.InRange(guesses, Burst + 1, Burst + 2);
        Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        (await LoginAsync(gateway, other.Name, TestPlayer.Password)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Frames_TooFast_AreRefused_AndWhoNeverStopsIsCutOff()
    {
        await using var gateway = await StartAsync(limits => (limits.FramesPerSecond, limits.FramesBurst) = (1, Burst));
        var player = await gateway.RegisterAsync();
        await using var session = await player.ConnectAsync();
        var reply = default(System.Text.Json.JsonElement);
        for (var i = 0; i < 50 && (i == 0 || reply.GetProperty("type").GetString() == "pong"); i++)
        {
            reply = await session.AskAsync("ping");
        }

        var data = reply.GetProperty("data");
        Assert.Equal("too_fast", data.GetProperty("code").GetString());
        Assert.InRange(data.GetProperty("retryAfterSeconds").GetInt64(), 1, 10);

        while (!session.Closed.IsCompleted && session.Socket.State == System.Net.WebSockets.WebSocketState.Open)
        {
            try
            {
                await session.SendAsync("""{"id":"1","type":"ping"}""");
            }
            catch (Exception exception) when (exception is System.Net.WebSockets.WebSocketException || exception.InnerException is IOException)
            {
                break;
            }
        }

        Assert.Equal(1008, await session.CloseCodeAsync());
    }

    /// <summary>A gateway of its own, over the shards that all share.</summary>
    private Task<TestGateway> StartAsync(Action<LimitSettings> configure) =>
        TestGateway.StartAsync(settings => configure(settings.Limits), shards: fixture.Gateway.Shards);

    private static async Task<Answer> UntilRefusedAsync(Func<Task<Answer>> ask, int spent = 0)
    {
        for (var i = 0; i < 100; i++)
        {
            var answer = await ask();
            if (answer.Status == HttpStatusCode.TooManyRequests)
            {
                Assert.True(i + spent >= Burst, $"The burst is {Burst}, but request {i + 1} was refused.");
                return answer;
            }
        }

        throw new InvalidOperationException("A hundred requests in a row were not too fast.");
    }

    private static async Task<Answer> LoginAsync(TestGateway gateway, string name, string password)
    {
        using var response = await gateway.Http.PostAsJsonAsync(
            "/v1/auth/login", new { name, password, shard = "s01" }, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}

using System.Diagnostics;
using System.Net;
using System.Text;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Management;

/// <summary>With a password the management port is the operator's, but for what machines ask; without one it is loopback's.</summary>
public sealed class OperatorLoginTests(GatewayFixture fixture)
{
    private const string Password = "correct horse:battery ünïcode";

    public static TheoryData<string> Closed =>
    [
        "/", "/ops/status", "/ops/ledger", "/ops/dead-letters?queue=q", "/ops/world-events", "/dashboard/", "/nowhere",
        "/analytics", "/v1/analytics/metrics", "/v1/analytics/anomalies", "/ops/analytics/generations",
    ];

    public static TheoryData<string> Open => ["/health/live", "/health/ready", "/metrics"];

    [Theory]
    [MemberData(nameof(Closed))]
    public async Task WithoutLogin_IsRefused_AndAskedForIt(string path)
    {
        await using var gateway = await StartAsync();

        var answer = await AskAsync(gateway, path, null);

        answer.Refused(HttpStatusCode.Unauthorized, "operator_login_missing");
        var challenge = Assert.Single(answer.Response.Headers.WwwAuthenticate);
        Assert.Equal("Basic", challenge.Scheme);
        Assert.Contains("realm=", challenge.Parameter);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task ProbesAndMetrics_NeedNoLogin(string path)
    {
        await using var gateway = await StartAsync();
        using var answer = await gateway.Management.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task TheLogin_OpensConsoleAndOperations()
    {
        await using var gateway = await StartAsync();

        (await AskAsync(gateway, "/ops/status", Login("operator", Password))).Expect(HttpStatusCode.OK);
        var ledger = (await AskAsync(gateway, "/ops/ledger", Login("operator", Password))).Expect(HttpStatusCode.OK);
        Assert.True(ledger.Body.GetProperty("balanced").GetBoolean());
        (await AskAsync(gateway, "/nowhere", Login("operator", Password))).Refused(HttpStatusCode.NotFound, "route_not_found");
    }

    [Fact]
    public async Task Replay_NeedsTheLogin()
    {
        await using var gateway = await StartAsync();
        using var body = new StringContent("""{"queue":"q","id":1}""", Encoding.UTF8, "application/json");
        using var response = await gateway.Management.PostAsync("/ops/dead-letters/replay", body, TestContext.Current.CancellationToken);
        (await Answer.ReadAsync(response)).Refused(HttpStatusCode.Unauthorized, "operator_login_missing");
    }

    [Theory]
    [InlineData("/ops/world-events")]
    [InlineData("/ops/world-events/cancel")]
    public async Task WorldEvents_NeedTheLogin(string path)
    {
        await using var gateway = await StartAsync();
        (await gateway.OperateAsync(path, new { })).Refused(HttpStatusCode.Unauthorized, "operator_login_missing");
        (await AskAsync(gateway, "/ops/world-events", Login("operator", Password))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnythingButTheLogin_IsRefused_CountedAndLoggedWithoutIt()
    {
        await using var gateway = await StartAsync();
        string[] wrong =
        [
            Login("operator", Password + "x"),
            Login("operator", Password[..^1]),
            Login("Operator", Password),
            Login("", Password),
            Login("operator", ""),
            "Basic",
            "Basic ",
            "Basic !!!",
            "Basic " + Convert.ToBase64String("operator"u8),
            "Bearer " + Login("operator", Password)["Basic ".Length..],
        ];
        foreach (var login in wrong)
        {
            var answer = await AskAsync(gateway, "/ops/status", login);
            answer.Refused(HttpStatusCode.Unauthorized, "operator_login_failed");
            Assert.NotEmpty(answer.Response.Headers.WwwAuthenticate);
        }

        var metrics = await gateway.Management.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("gateway_refusals_total{code=\"operator_login_failed\"", metrics);
        Assert.Contains(gateway.Log.Entries, entry => entry.Contains("A login to the management port failed, from 127.0.0.1", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.Log.Entries, entry => entry.Contains("horse", StringComparison.Ordinal));
        (await AskAsync(gateway, "/ops/status", Login("operator", Password))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Guesser_IsSlowedDown_AlsoWhenRight_AndProbesAreNot()
    {
        const int Burst = 3;
        await using var limited = await StartAsync(settings => (settings.Limits.AccountPerMinute, settings.Limits.AccountBurst) = (1, Burst));

        // Logins that succeed take nothing.
        for (var i = 0; i < 2 * Burst; i++)
        {
            (await AskAsync(limited, "/ops/status", Login("operator", Password))).Expect(HttpStatusCode.OK);
        }

        for (var i = 0; i < Burst; i++)
        {
            (await AskAsync(limited, "/ops/status", Login("operator", $"guess number {i}"))).Expect(HttpStatusCode.Unauthorized);
        }

        var refused = await AskAsync(limited, "/ops/status", Login("operator", Password));
        refused.Refused(HttpStatusCode.TooManyRequests, "too_fast");
        Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);

        // For longer than a bucket takes to hold a fraction of a token again, which must not count as one.
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(500))
        {
            (await AskAsync(limited, "/ops/status", Login("operator", "one guess more"))).Expect(HttpStatusCode.TooManyRequests);
        }

        using var probe = await limited.Management.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
    }

    [Fact]
    public async Task WithTheLogin_AnyHostNameWillDo()
    {
        await using var gateway = await StartAsync();
        (await AskAsync(gateway, "/ops/status", Login("operator", Password), host: "silo-0.game.example")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WithoutPassword_LoopbackIsOpen_ButNotToForeignNames()
    {
        var gateway = fixture.Gateway;
        (await AskAsync(gateway, "/ops/status", null)).Expect(HttpStatusCode.OK);
        foreach (var path in Closed.Select(row => row.Data))
        {
            (await AskAsync(gateway, path, null, host: "rebound.example")).Refused(HttpStatusCode.MisdirectedRequest, "forbidden");
        }
    }

    private static string Login(string name, string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"));

    private static async Task<Answer> AskAsync(TestGateway gateway, string path, string? login, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (login is not null)
        {
            // Also what is no header of this kind.
            request.Headers.TryAddWithoutValidation("Authorization", login);
        }

        request.Headers.Host = host;
        using var response = await gateway.Management.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>A gateway of its own with a password, over the shards that all share.</summary>
    private Task<TestGateway> StartAsync(Action<GatewaySettings>? configure = null) => TestGateway.StartAsync(
        settings =>
        {
            settings.Operator.Password = Password;
            configure?.Invoke(settings);
        },
        shards: fixture.Gateway.Shards);
}

using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Game.Gateway.Tests.Harness;

/// <summary>A gateway on real sockets, over three real shards unless it is given others. Limits are wide open unless a test narrows them.</summary>
public sealed class TestGateway : IAsyncDisposable
{
    /// <summary>What the shop signs receipts with.</summary>
    public static readonly byte[] ShopKey = RandomNumberGenerator.GetBytes(32);

    /// <summary>How long tests wait for what must come: a busy machine stops a process for half a minute now and then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly WebApplication _app;
    private readonly bool _ownsShards;
    private int _names;
    private Task? _stopping;

    private TestGateway(WebApplication app, TestShards shards, bool ownsShards, CapturedLog log)
    {
        _app = app;
        _ownsShards = ownsShards;
        Shards = shards;
        Log = log;
        var addresses = app.Services.GetRequiredService<GatewayAddresses>();
        Http = new HttpClient { BaseAddress = addresses.Public };
        Management = new HttpClient { BaseAddress = addresses.Management };
    }

    public TestShards Shards { get; }

    /// <summary>The public port, signed out.</summary>
    public HttpClient Http { get; }

    public HttpClient Management { get; }

    /// <summary>What was logged as a warning or worse.</summary>
    public CapturedLog Log { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Every public route.</summary>
    public IReadOnlyList<RouteEndpoint> Routes =>
        [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    public static async Task<TestGateway> StartAsync(
        Action<GatewaySettings>? configure = null, TimeProvider? clock = null, TestShards? shards = null)
    {
        var settings = new GatewaySettings
        {
            Port = 0,
            ManagementPort = 0,
            Tokens = new TokenSettings { Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) },
            Purchases = new PurchaseSettings { Key = Convert.ToBase64String(ShopKey) },
            Passwords = new PasswordSettings { Iterations = 1_000, MaxWaiting = 1_000 },
            Limits = new LimitSettings
            {
                AddressPerSecond = 0,
                SignInPerSecond = 0,
                AccountPerMinute = 0,
                PlayerPerSecond = 0,
                FramesPerSecond = 0,
                ChatPerMinute = 0,
                ChannelPerSecond = 0,
                OperatorNotificationsPerMinute = 0,
            },

            // A machine that is busy is no client that is slow.
            Sessions = new SessionSettings { SendSeconds = 600, KeepAliveTimeoutSeconds = 600 },
        };
        configure?.Invoke(settings);
        Assert.Empty(settings.Validate("Gateway"));

        var ownShards = shards is null;
        shards ??= await TestShards.StartAsync(3);
        var builder = WebApplication.CreateSlimBuilder();
        var log = new CapturedLog();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(log);
        if (clock is not null)
        {
            builder.Services.AddSingleton(clock);

            // The host goes by the real clock, and gives up on what waits for the test's.
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Patience);
        }

        var app = builder.AddGameGateway(settings, shards, shards).Build().MapGameGateway();
        await app.StartAsync();
        return new TestGateway(app, shards, ownShards, log);
    }

    /// <summary>A fresh player on a shard.</summary>
    public async Task<TestPlayer> RegisterAsync(string shard = "s01", string? name = null)
    {
        name ??= $"p{Interlocked.Increment(ref _names)}-{Guid.NewGuid().ToString("N")[..8]}";
        using var response = await Http.PostAsJsonAsync("/v1/auth/register", new { name, password = TestPlayer.Password, shard });
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, body.ToString());
        return new TestPlayer(this, name, body);
    }

    /// <summary>An operator has a boss appear at once on every shard.</summary>
    public async Task<string> ScheduleBossAsync(long hitPoints = 1_000_000_000, int durationSeconds = 3600)
    {
        var scheduled = await OperateAsync(
            "/ops/world-events",
            new { kind = "worldBoss", name = "Dragon", startsAt = DateTimeOffset.UtcNow, durationSeconds, hitPoints, reward = 1000 });
        return scheduled.Expect(HttpStatusCode.Created).Text("id");
    }

    /// <summary>A write of an operator at the management port.</summary>
    public async Task<Answer> OperateAsync(string path, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key ?? TestPlayer.NewKey());
        using var response = await Management.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Asks the host to end, as SIGTERM does; once.</summary>
    public Task StopAsync() => _stopping ??= _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Management.Dispose();
        await StopAsync();
        await _app.DisposeAsync();
        if (_ownsShards)
        {
            await Shards.DisposeAsync();
        }
    }
}

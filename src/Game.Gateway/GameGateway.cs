using System.Net;
using Game.Gateway.Analytics;
using Game.Gateway.Chat;
using Game.Gateway.Friends;
using Game.Gateway.Guilds;
using Game.Gateway.Http;
using Game.Gateway.Leaderboards;
using Game.Gateway.Limits;
using Game.Gateway.Management;
using Game.Gateway.Notifications;
using Game.Gateway.OpenApi;
using Game.Gateway.Players;
using Game.Gateway.Purchases;
using Game.Gateway.Sessions;
using Game.Gateway.Sessions.Frames;
using Game.Gateway.SignIn;
using Game.Gateway.Telemetry;
using Game.Gateway.Tokens;
using Game.Gateway.Wars;
using Game.Gateway.WorldEvents;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;

namespace Game.Gateway;

/// <summary>Puts the gateway into an ASP.NET Core host.</summary>
public static class GameGateway
{
    /// <summary>
    /// Adds the gateway and its two listeners. The shards behind <paramref name="shards"/> must take calls from the start
    /// of the host until after it has stopped.
    /// </summary>
    /// <exception cref="InvalidDataException">No usable signing key.</exception>
    /// <exception cref="IOException">The key file cannot be read or made.</exception>
    public static WebApplicationBuilder AddGameGateway(
        this WebApplicationBuilder builder, GatewaySettings settings, IShardDirectory shards, IOperations operations)
    {
        var listeners = new Listeners();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = GatewayLimits.MaxDiscardedBytes;
            listeners.Configure(kestrel, settings);
        });

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(settings.Tokens);
        services.AddSingleton(settings.Operator);
        services.AddSingleton(shards);
        services.AddSingleton(operations);
        services.AddSingleton(listeners);
        services.AddSingleton(new GatewayAddresses(listeners));
        services.AddSingleton(SigningKeys.Load(settings.Tokens));
        services.AddSingleton<ShardRouter>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<RevocationCheck>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton(new Passwords(settings.Passwords));
        services.AddSingleton<SignInService>();
        services.AddSingleton(new RateLimits(settings.Limits));
        services.AddSingleton<ChatService>();
        services.AddSingleton<AnalyticsReader>();
        services.AddSingleton<AnalyticsServices>();
        services.AddSingleton<PurchaseService>();
        if (settings.Purchases.IsUsed)
        {
            services.AddSingleton<IReceiptValidator>(
                new SignedReceiptValidator(settings.Purchases.ReadKey(), settings.Purchases.ReadPublicKey()));
        }

        services.AddSingleton<GatewayMetrics>();
        MetricsExport.Add(services);
        services.AddSingleton<OperatorLogin>();
        AddSessions(services, settings.Sessions);
        AddHttp(services, settings);
        return builder;
    }

    /// <summary>Maps the public routes and the management port.</summary>
    public static WebApplication MapGameGateway(this WebApplication app)
    {
        var sessions = app.Services.GetRequiredService<SessionRegistry>();
        app.Services.GetRequiredService<GatewayMetrics>().ObserveSessions(() => sessions.Count);

        // Listens from now on, so that the first scrape already has everything.
        app.Services.GetRequiredService<MeterProvider>();

        app.UseMiddleware<ProblemMiddleware>();
        app.MapWhen(Listeners.IsManagement, management =>
        {
            management.UseRouting();
            management.Use(app.Services.GetRequiredService<OperatorLogin>().InvokeAsync);
            SiloDashboardPage.Map(management, app.Services.GetRequiredService<IOperations>());
            management.UseEndpoints(ManagementEndpoints.Map);
        });
        app.UseForwardedHeaders();
        app.UseRouting();
        app.Use(RequestMetricsMiddleware.InvokeAsync);
        app.Use(RateLimitMiddleware.ByAddressAsync);
        app.UseWebSockets();
        app.UseAuthentication();
        app.Use(RateLimitMiddleware.ByPlayerAsync);
        app.UseAuthorization();

        var api = app.MapGroup("/v1").RequireAuthorization().AddEndpointFilterFactory(RequestGuard.Create);
        SignInEndpoints.Map(api);
        PlayerEndpoints.Map(api);
        ActionEndpoints.Map(api);
        PurchaseEndpoints.Map(api);
        GuildEndpoints.Map(api);
        WarEndpoints.Map(api);
        EventEndpoints.Map(api);
        BoardEndpoints.Map(api);
        NotificationEndpoints.Map(api);
        FriendEndpoints.Map(api);
        ChatEndpoints.Map(api);
        SessionEndpoint.Map(api);
        ApiDescription.Map(app);
        return app;
    }

    private static void AddSessions(IServiceCollection services, SessionSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<FeedHub>();
        services.AddSingleton<PresenceReporter>();
        services.AddSingleton<TopicRules>();
        services.AddSingleton<FrameHandler, PingFrame>();
        services.AddSingleton<FrameHandler, RenewFrame>();
        services.AddSingleton<FrameHandler, SubscribeFrame>();
        services.AddSingleton<FrameHandler, UnsubscribeFrame>();
        services.AddSingleton<FrameHandler, StrikeFrame>();
        services.AddSingleton<FrameHandler, BossStrikeFrame>();
        services.AddSingleton<FrameHandler, ChatFrame>();
        services.AddSingleton<FrameCatalog>();
        services.AddSingleton<SessionServices>();
        services.AddHostedService<SessionUpkeep>();
        services.AddHostedService<SessionDrain>();
    }

    private static void AddHttp(IServiceCollection services, GatewaySettings settings)
    {
        services.ConfigureHttpJsonOptions(options => GatewayJson.Configure(options.SerializerOptions));
        services.AddTransient<BearerEvents>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options => options.EventsType = typeof(BearerEvents));
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<AccessTokens>((options, tokens) => tokens.Configure(options));
        services.AddAuthorization();
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = settings.TrustedProxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in settings.TrustedProxies)
            {
                if (IPAddress.TryParse(proxy, out var address))
                {
                    options.KnownProxies.Add(address);
                }
                else
                {
                    options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
                }
            }
        });
        ApiDescription.Add(services);
    }
}

using Game.Gateway.Http;

namespace Game.Gateway.Sessions;

internal static class SessionEndpoint
{
    private static readonly Problem UpgradeRequired = new(
        StatusCodes.Status426UpgradeRequired, GatewayCodes.UpgradeRequired, "This route speaks WebSocket only.");

    public static void Map(RouteGroupBuilder api) => api.MapGet("/session", RunAsync)
        .WithTags("Sessions").WithName("openSession")
        .WithSummary("Opens a WebSocket session; docs/api.md lists its frames.")
        .Produces(StatusCodes.Status101SwitchingProtocols);

    // The token in the query is read by authentication; it stands here so that the query is known to have it.
#pragma warning disable IDE0060
    private static async Task<IResult> RunAsync(
        string? access_token, HttpContext context, Caller caller, SessionRegistry registry, SessionServices services)
#pragma warning restore IDE0060
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            return Reply.Refused(UpgradeRequired);
        }

        if (registry.Reserve(caller) is { } problem)
        {
            return Reply.Refused(problem);
        }

        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = TimeSpan.FromSeconds(services.Settings.KeepAliveSeconds),
                KeepAliveTimeout = TimeSpan.FromSeconds(services.Settings.KeepAliveTimeoutSeconds),
            });
            var session = new GameSession(socket, caller, services);
            registry.Add(session);
            try
            {
                await session.RunAsync();
            }
            finally
            {
                registry.Remove(session);
            }

            return Results.Empty;
        }
        finally
        {
            registry.Release(caller);
        }
    }
}

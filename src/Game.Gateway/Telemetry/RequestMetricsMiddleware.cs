namespace Game.Gateway.Telemetry;

/// <summary>Counts and times every request by its route's pattern.</summary>
internal static class RequestMetricsMiddleware
{
    private static readonly HashSet<string> Methods = [.. new[]
    {
        HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete, HttpMethods.Patch, HttpMethods.Head, HttpMethods.Options,
    }];

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        var started = clock.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            // What the client chose must not become a label: unknown methods and paths share one.
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            var method = Methods.Contains(context.Request.Method) ? context.Request.Method : "other";
            var session = context.WebSockets.IsWebSocketRequest;
            context.RequestServices.GetRequiredService<GatewayMetrics>().Request(
                route, method, context.Response.StatusCode, session ? null : clock.GetElapsedTime(started));
        }
    }
}

using Game.Gateway.Http;

namespace Game.Gateway.Limits;

/// <summary>Refuses what comes too fast before anything is read: by address first, then by the player signed in.</summary>
internal static class RateLimitMiddleware
{
    /// <summary>Before authentication: what it costs to look at a token is limited too.</summary>
    public static Task ByAddressAsync(HttpContext context, RequestDelegate next)
    {
        var limits = context.RequestServices.GetRequiredService<RateLimits>();
        var address = context.Connection.RemoteIpAddress;
        var problem = limits.CheckAddress(address)
            ?? (context.GetEndpoint()?.Metadata.GetMetadata<SignInRoute>() is null ? null : limits.CheckSignIn(address));
        return problem is null ? next(context) : new ProblemResult(problem).ExecuteAsync(context);
    }

    public static Task ByPlayerAsync(HttpContext context, RequestDelegate next)
    {
        var problem = context.Features.Get<Caller>() is { } caller
            ? context.RequestServices.GetRequiredService<RateLimits>().CheckPlayer(caller.PlayerId)
            : null;
        return problem is null ? next(context) : new ProblemResult(problem).ExecuteAsync(context);
    }
}

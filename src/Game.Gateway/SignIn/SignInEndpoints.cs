using Game.Gateway.Http;
using Game.Gateway.Limits;

namespace Game.Gateway.SignIn;

internal static class SignInEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var open = api.MapGroup("/auth").WithTags("Sign-in").AllowAnonymous().WithMetadata(SignInRoute.Instance);
        open.MapPost("/register", RegisterAsync).WithName("register").WithSummary("Makes an account and its player, and signs in.")
            .Produces<SessionBody>(StatusCodes.Status201Created);
        open.MapPost("/login", LoginAsync).WithName("login").WithSummary("Signs in.").Produces<SessionBody>();
        open.MapPost("/refresh", RefreshAsync).WithName("refresh").WithSummary("Exchanges a refresh token for a new pair.")
            .Produces<SessionBody>();
        api.MapPost("/auth/logout", LogoutAsync).WithTags("Sign-in").WithName("logout").WithSummary("Ends the session.")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> RegisterAsync(
        JsonBody<RegisterBody> body, OptionalIdempotencyKey key, SignInService signIn, CancellationToken cancellationToken)
    {
        var (session, problem) = await signIn.RegisterAsync(body.Value, key.Value, cancellationToken);
        return problem is null ? Private(Reply.Created(session)) : Reply.Refused(problem);
    }

    private static async Task<IResult> LoginAsync(
        JsonBody<LoginBody> body, HttpContext context, SignInService signIn, RateLimits limits, CancellationToken cancellationToken)
    {
        if (limits.CheckAccount(body.Value.Shard, body.Value.Name, context.Connection.RemoteIpAddress) is { } tooFast)
        {
            return Reply.Refused(tooFast);
        }

        var (session, problem) = await signIn.LoginAsync(body.Value, cancellationToken);
        return problem is null ? Private(Reply.Ok(session)) : Reply.Refused(problem);
    }

    private static async Task<IResult> RefreshAsync(JsonBody<RefreshBody> body, OptionalIdempotencyKey key, SignInService signIn)
    {
        var (session, problem) = await signIn.RefreshAsync(body.Value, key.Value);
        return problem is null ? Private(Reply.Ok(session)) : Reply.Refused(problem);
    }

    private static async Task<IResult> LogoutAsync(Caller caller, SignInService signIn) =>
        await signIn.LogoutAsync(caller) is { } problem ? Reply.Refused(problem) : Results.NoContent();

    private static PrivateResult Private(IResult result) => new(result);

    /// <summary>Tokens are not for caches (RFC 6749 §5.1).</summary>
    private sealed class PrivateResult(IResult result) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            return result.ExecuteAsync(httpContext);
        }
    }
}

using System.Security.Claims;
using System.Text.Encodings.Web;
using Game.Gateway.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Game.Gateway.Tokens;

/// <summary>
/// Bearer authentication: header, or <c>access_token</c> in the query where browsers can send no header (the WebSocket
/// route). The caller becomes a feature of the request.
/// </summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Authenticator authenticator)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = "Bearer ";

    private Problem _problem = TokenProblems.Missing;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ReadToken() is not { } token)
        {
            return AuthenticateResult.NoResult();
        }

        var (caller, problem) = await authenticator.AuthenticateAsync(token);
        if (caller is null)
        {
            _problem = problem!;
            return AuthenticateResult.Fail(_problem.Code);
        }

        Context.Features.Set(caller);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.PlayerId)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = ReferenceEquals(_problem, TokenProblems.Missing)
            ? SchemeName
            : $"{SchemeName} error=\"invalid_token\"";
        return new ProblemResult(_problem).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => new ProblemResult(
        new Problem(StatusCodes.Status403Forbidden, GatewayCodes.Forbidden, "This is not yours to do.")).ExecuteAsync(Context);

    private string? ReadToken()
    {
        var header = Request.Headers[HeaderNames.Authorization];
        if (header is [{ } value] && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return value[Prefix.Length..].Trim();
        }

        return Context.WebSockets.IsWebSocketRequest && Request.Query["access_token"] is [{ } token] ? token : null;
    }
}

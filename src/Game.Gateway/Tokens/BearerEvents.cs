using Game.Gateway.Http;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Game.Gateway.Tokens;

/// <summary>
/// What the game adds to the framework's bearer authentication: the token in the query where browsers can send no header (the
/// WebSocket route), the caller as a feature of the request, sign-ins that were revoked, and problems as answers.
/// </summary>
internal sealed class BearerEvents(AccessTokens tokens, RevocationCheck revocations) : JwtBearerEvents
{
    private const string Scheme = JwtBearerDefaults.AuthenticationScheme;

    public override Task MessageReceived(MessageReceivedContext context)
    {
        if (context.HttpContext.WebSockets.IsWebSocketRequest
            && context.Request.Headers.Authorization.Count == 0
            && context.Request.Query["access_token"] is [{ } token])
        {
            context.Token = token;
        }

        return Task.CompletedTask;
    }

    public override async Task TokenValidated(TokenValidatedContext context)
    {
        var (caller, problem) = tokens.ReadCaller((JsonWebToken)context.SecurityToken);
        if (caller is not null && !await revocations.IsOpenAsync(caller))
        {
            (caller, problem) = (null, TokenProblems.Revoked);
        }

        if (caller is null)
        {
            context.HttpContext.Features.Set(problem);
            context.Fail(problem!.Code);
            return;
        }

        context.HttpContext.Features.Set(caller);
    }

    public override Task Challenge(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var problem = context.HttpContext.Features.Get<Problem>()
            ?? (context.AuthenticateFailure is null ? TokenProblems.Missing : TokenProblems.Invalid);
        context.Response.Headers.WWWAuthenticate =
            ReferenceEquals(problem, TokenProblems.Missing) ? Scheme : $"{Scheme} error=\"invalid_token\"";
        return new ProblemResult(problem).ExecuteAsync(context.HttpContext);
    }

    public override Task Forbidden(ForbiddenContext context) => new ProblemResult(
        new Problem(StatusCodes.Status403Forbidden, GatewayCodes.Forbidden, "This is not yours to do.")).ExecuteAsync(context.HttpContext);
}

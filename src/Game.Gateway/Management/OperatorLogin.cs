using System.Net;
using System.Security.Cryptography;
using System.Text;
using Game.Gateway.Http;
using Game.Gateway.Limits;
using Microsoft.Net.Http.Headers;

namespace Game.Gateway.Management;

/// <summary>
/// Lets operators alone past it: HTTP Basic, which browsers, curl and scripts speak without a page of ours. What is not
/// marked <see cref="WithoutLogin"/> needs it, so that a route added later is closed until somebody opens it. Safe for
/// concurrent use.
/// </summary>
internal sealed partial class OperatorLogin(OperatorSettings settings, RateLimits limits, ILogger<OperatorLogin> logger)
{
    private const string Challenge = "Basic realm=\"Orleans.Game operators\", charset=\"UTF-8\"";
    private const string Prefix = "Basic ";

    private static readonly Problem Missing = new(
        StatusCodes.Status401Unauthorized, GatewayCodes.OperatorLoginMissing, "Log in as the operator: Authorization: Basic.");

    private static readonly Problem Wrong = new(
        StatusCodes.Status401Unauthorized, GatewayCodes.OperatorLoginFailed, "This is not the operator's name and password.");

    private static readonly Problem ForeignName = new(
        StatusCodes.Status421MisdirectedRequest, GatewayCodes.Forbidden, "Ask by address or as localhost.");

    // As the header has them, name and colon included: the name has no colon of its own. Hashes have one length, so that a
    // comparison in constant time gives away neither the content nor how long it is.
    private readonly byte[]? _expected = settings.IsRequired
        ? SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.Name}:{settings.ReadPassword()}"))
        : null;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<WithoutLogin>() is not null)
        {
            return next(context);
        }

        var problem = _expected is null ? CheckName(context.Request.Host.Host) : CheckLogin(context);
        if (problem is null)
        {
            return next(context);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = Challenge;
        }

        return new ProblemResult(problem).ExecuteAsync(context);
    }

    /// <summary>
    /// Without a login a page of the open web that makes its own name point here must not reach the port through an operator's
    /// browser: only addresses and localhost are answered. With one, the browser keeps the password from foreign names itself.
    /// </summary>
    private static Problem? CheckName(string host) =>
        host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _) ? null : ForeignName;

    private Problem? CheckLogin(HttpContext context)
    {
        if (context.Request.Headers[HeaderNames.Authorization] is not [{ } header])
        {
            return Missing;
        }

        // Before the password is looked at: whoever has guessed too often learns nothing more, not even by guessing right.
        var address = context.Connection.RemoteIpAddress;
        if (limits.CheckOperator(address) is { } tooFast)
        {
            return tooFast;
        }

        if (IsOperator(header))
        {
            return null;
        }

        limits.CountOperatorFailure(address);
        LogFailed(logger, address);
        return Wrong;
    }

    private bool IsOperator(string header)
    {
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var text = header.AsSpan(Prefix.Length).Trim();
        var given = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, given, out var length)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(given.AsSpan(0, length)), _expected);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A login to the management port failed, from {Address}.")]
    private static partial void LogFailed(ILogger logger, IPAddress? address);
}

/// <summary>Marks a route of the management port that machines ask without a login.</summary>
internal sealed class WithoutLogin
{
    public static WithoutLogin Instance { get; } = new();

    private WithoutLogin()
    {
    }
}

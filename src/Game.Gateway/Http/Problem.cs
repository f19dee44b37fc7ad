using System.Text.Json.Serialization;
using Game.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace Game.Gateway.Http;

/// <summary>A refusal as the wire tells it: an HTTP status, a stable code, and what is to blame.</summary>
public sealed record Problem(
    int Status, string Code, string Detail, string? Field = null, string? Limit = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Whole seconds until another try makes sense, at least 1.</summary>
    public int? RetryAfterSeconds => RetryAfter is { } wait ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : null;

    public static Problem From(Refusal refusal) => new(
        refusal.Kind switch
        {
            RefusalKind.Invalid => StatusCodes.Status400BadRequest,
            RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
            RefusalKind.NotFound => StatusCodes.Status404NotFound,
            RefusalKind.Conflict => StatusCodes.Status409Conflict,
            RefusalKind.TooMany => StatusCodes.Status429TooManyRequests,
            RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        },
        refusal.Code,
        refusal.Detail,
        refusal.Field,
        refusal.Limit,
        refusal.Kind is RefusalKind.TooMany or RefusalKind.Unavailable ? TimeSpan.FromSeconds(1) : null);

    public static Problem Invalid(string field, string limit, string code = RefusalCodes.InvalidField) =>
        new(StatusCodes.Status400BadRequest, code, $"{field} must be {limit}.", field, limit);

    public static Problem TooFast(TimeSpan retryAfter) => new(
        StatusCodes.Status429TooManyRequests, GatewayCodes.TooFast, "Too many requests; slow down.", RetryAfter: retryAfter);

    public static Problem ShardNotServed(string shard) => new(
        StatusCodes.Status421MisdirectedRequest, GatewayCodes.ShardNotServed, $"Shard {shard} is not served here.");
}

/// <summary>Problem details, RFC 9457.</summary>
public sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Code,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Limit,
    string TraceId)
{
    public const string ContentType = "application/problem+json";

    public static ProblemBody Of(Problem problem, string traceId) => new(
        $"urn:orleans-game:problem:{problem.Code}",
        ReasonPhrases.GetReasonPhrase(problem.Status),
        problem.Status,
        problem.Code,
        problem.Detail,
        problem.Field,
        problem.Limit,
        traceId);
}

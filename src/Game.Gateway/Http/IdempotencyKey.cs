using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Game.Gateway.Http;

/// <summary>The key that a write must carry: the same again gives the first answer.</summary>
internal sealed class IdempotencyKey : IInput, IEndpointParameterMetadataProvider
{
    public const string Header = "Idempotency-Key";
    public const string Limit = "1 to 64 characters of A-Z a-z 0-9 . _ : -";

    private readonly string _key;

    private IdempotencyKey(string key, Problem? problem)
    {
        _key = key;
        Problem = problem;
    }

    public Problem? Problem { get; }

    /// <summary>The key alone: for callers who are not players.</summary>
    public string Value => _key;

    /// <summary>The command id: keys of different players never meet.</summary>
    public string For(Caller caller) => CommandId(caller, _key);

    /// <summary>The command id of what operators ask for.</summary>
    public string ForOperator => $"operator:{_key}";

    public static string CommandId(Caller caller, string key) => $"{caller.PlayerId}:{key}";

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new IdempotencyKeyMetadata(Required: true));

    public static ValueTask<IdempotencyKey?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var values = context.Request.Headers[Header];
        return ValueTask.FromResult<IdempotencyKey?>(values is [{ } key] && IsValid(key)
            ? new IdempotencyKey(key, null)
            : new IdempotencyKey("", Malformed()));
    }

    public static bool IsValid(ReadOnlySpan<char> key)
    {
        if (key.Length is 0 or > GatewayLimits.MaxKeyLength)
        {
            return false;
        }

        foreach (var c in key)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    internal static Problem Malformed() => Problem.Invalid(Header, Limit, GatewayCodes.IdempotencyKeyInvalid);
}

/// <summary>The key that register and refresh may carry.</summary>
internal sealed class OptionalIdempotencyKey : IInput, IEndpointParameterMetadataProvider
{
    private OptionalIdempotencyKey(string? value, Problem? problem)
    {
        Value = value;
        Problem = problem;
    }

    public Problem? Problem { get; }

    public string? Value { get; }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new IdempotencyKeyMetadata(Required: false));

    public static ValueTask<OptionalIdempotencyKey?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<OptionalIdempotencyKey?>(context.Request.Headers[IdempotencyKey.Header] switch
        {
            [] => new OptionalIdempotencyKey(null, null),
            [{ } key] when IdempotencyKey.IsValid(key) => new OptionalIdempotencyKey(key, null),
            _ => new OptionalIdempotencyKey(null, IdempotencyKey.Malformed()),
        });
}

/// <summary>Tells the API's description that a route takes the header.</summary>
internal sealed record IdempotencyKeyMetadata(bool Required);

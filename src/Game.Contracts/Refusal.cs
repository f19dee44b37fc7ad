namespace Game.Contracts;

/// <summary>Why a command was refused. Decides the HTTP status; docs/errors.md lists every code.</summary>
public enum RefusalKind
{
    /// <summary>A field is malformed or over its limit: 400.</summary>
    Invalid,

    /// <summary>The caller may not do this: 403.</summary>
    Forbidden,

    /// <summary>No such thing: 404.</summary>
    NotFound,

    /// <summary>The aggregate's state does not allow it: 409.</summary>
    Conflict,

    /// <summary>Too fast: 429.</summary>
    TooMany,

    /// <summary>The store or a peer cannot answer now; nothing was changed or the outcome is safe to ask again: 503.</summary>
    Unavailable,
}

/// <summary>A command refused by the rules: a stable code, a sentence for people, and the field and limit if one is to blame.</summary>
[GenerateSerializer, Immutable, Alias("game.refusal")]
public sealed record Refusal(
    [property: Id(0)] RefusalKind Kind,
    [property: Id(1)] string Code,
    [property: Id(2)] string Detail,
    [property: Id(3)] string? Field = null,
    [property: Id(4)] string? Limit = null)
{
    public static Refusal Invalid(string field, string limit, string code = RefusalCodes.InvalidField) =>
        new(RefusalKind.Invalid, code, $"{field} must be {limit}.", field, limit);

    public static Refusal Forbidden(string code, string detail) => new(RefusalKind.Forbidden, code, detail);

    public static Refusal NotFound(string code, string detail) => new(RefusalKind.NotFound, code, detail);

    public static Refusal Conflict(string code, string detail) => new(RefusalKind.Conflict, code, detail);

    public static Refusal Unavailable(string code, string detail) => new(RefusalKind.Unavailable, code, detail);
}

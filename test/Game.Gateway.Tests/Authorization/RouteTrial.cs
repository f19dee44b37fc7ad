namespace Game.Gateway.Tests.Authorization;

/// <summary>What a route answers to each persona: a status and, for refusals, a code.</summary>
/// <param name="Route">Method and pattern, as the routes themselves say.</param>
/// <param name="Path">The request's path in a scene.</param>
/// <param name="Body">The request's body; null for none.</param>
/// <param name="Stranger">Expected for a player without a guild, and so on.</param>
public sealed record RouteTrial(
    string Route,
    Func<Scene, string> Path,
    Func<Scene, object>? Body,
    Verdict Stranger,
    Verdict Rival,
    Verdict Member,
    Verdict Officer,
    Verdict Leader)
{
    /// <summary>What must have happened before; null: nothing.</summary>
    public Func<Scene, Task>? Prepare { get; init; }

    /// <summary>Open to all, so tokens do not matter.</summary>
    public bool Anonymous { get; init; }

    public Verdict Of(Persona persona) => persona switch
    {
        Persona.Nobody when !Anonymous => new(401, "token_missing"),
        Persona.Garbage or Persona.Forged when !Anonymous => new(401, "token_invalid"),
        Persona.Expired when !Anonymous => new(401, "token_expired"),
        Persona.Revoked when !Anonymous => new(401, "session_revoked"),
        Persona.Rival => Rival,
        Persona.Member => Member,
        Persona.Officer => Officer,
        Persona.Leader => Leader,
        _ => Stranger,
    };

    /// <summary>Everybody who is signed in gets the same.</summary>
    public static RouteTrial Same(string route, Func<Scene, string> path, Func<Scene, object>? body, Verdict verdict) =>
        new(route, path, body, verdict, verdict, verdict, verdict, verdict);
}

public sealed record Verdict(int Status, string? Code = null)
{
    public static implicit operator Verdict(int status) => new(status);

    public static implicit operator Verdict((int Status, string Code) refusal) => new(refusal.Status, refusal.Code);
}

namespace Game.Gateway.Http;

/// <summary>Who asks, as an access token tells.</summary>
/// <param name="PlayerId">The player.</param>
/// <param name="Name">The player's name.</param>
/// <param name="Account">Key of the account: the name in lower case.</param>
/// <param name="SessionId">The session that every token of one sign-in belongs to.</param>
/// <param name="Shard">The shard the session is on: the player's home.</param>
/// <param name="ExpiresAt">When the token ends.</param>
public sealed record Caller(
    string PlayerId, string Name, string Account, string SessionId, string Shard, DateTimeOffset ExpiresAt)
{
    /// <summary>Binds a handler's argument; routes that take one require sign-in.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}

using Game.Gateway.Http;

namespace Game.Gateway.Tokens;

/// <summary>Decides whether an access token is one of ours, still lives and belongs to an open session.</summary>
internal sealed class Authenticator(AccessTokens tokens, RevocationCheck revocations)
{
    public async ValueTask<(Caller? Caller, Problem? Problem)> AuthenticateAsync(string token)
    {
        var (caller, problem) = await tokens.ReadAsync(token);
        if (caller is null)
        {
            return (null, problem);
        }

        return await revocations.IsOpenAsync(caller) ? (caller, null) : (null, TokenProblems.Revoked);
    }
}

using Game.Gateway.Http;

namespace Game.Gateway.Tokens;

/// <summary>Why a caller is not signed in.</summary>
internal static class TokenProblems
{
    public static Problem Missing { get; } = Unauthorized(
        GatewayCodes.TokenMissing, "Sign in first: Authorization: Bearer {accessToken}.");

    public static Problem Invalid { get; } = Unauthorized(GatewayCodes.TokenInvalid, "This is no access token of this game.");

    public static Problem Expired { get; } = Unauthorized(GatewayCodes.TokenExpired, "The access token has expired; refresh it.");

    public static Problem Revoked { get; } = Unauthorized(GatewayCodes.SessionRevoked, "The session has ended; sign in again.");

    private static Problem Unauthorized(string code, string detail) => new(StatusCodes.Status401Unauthorized, code, detail);
}

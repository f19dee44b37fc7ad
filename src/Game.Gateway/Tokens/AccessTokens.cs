using System.Security.Claims;
using Game.Contracts.Identity;
using Game.Gateway.Http;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Game.Gateway.Tokens;

/// <summary>Issues and reads access tokens: JWT, HS256. Safe for concurrent use.</summary>
public sealed class AccessTokens(SigningKeys keys, TokenSettings settings, TimeProvider clock)
{
    private const string Issuer = "orleans-game";
    private const string NameClaim = "name";
    private const string AccountClaim = "acc";
    private const string SessionClaim = "sid";
    private const string ShardClaim = "shard";

    // Longest token worth looking at: ours are below 600 characters.
    private const int MaxLength = 2048;

    private readonly JsonWebTokenHandler _handler = new()
    {
        MapInboundClaims = false,
        SetDefaultTimesOnTokenCreation = false,
        MaximumTokenSizeInBytes = MaxLength,
    };

    private readonly TokenValidationParameters _parameters = new()
    {
        ValidIssuer = Issuer,
        ValidAudience = Issuer,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        IssuerSigningKeyResolver = (_, _, kid, _) => keys.All.Where(key => key.KeyId == kid),
        RequireExpirationTime = true,
        RequireSignedTokens = true,

        // The clock is ours: expiry is told apart from forgery below.
        ValidateLifetime = false,
    };

    /// <summary>Has the framework's bearer authentication read tokens as <see cref="ReadAsync"/> does.</summary>
    internal void Configure(JwtBearerOptions options)
    {
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(_handler);
        options.TokenValidationParameters = _parameters;
    }

    /// <summary>A token for the session, and the caller it makes.</summary>
    public (string Token, Caller Caller) Issue(string playerId, string name, string account, string sessionId)
    {
        var now = clock.GetUtcNow();

        // JWT times are whole seconds: the caller must not believe in a longer life than the token says.
        var expires = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() + settings.AccessSeconds);
        var caller = new Caller(playerId, name, account, sessionId, EntityId.ShardOf(playerId), expires);
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            IssuedAt = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = new SigningCredentials(keys.Current, SecurityAlgorithms.HmacSha256),
            Subject = new ClaimsIdentity(
            [
                new Claim(JwtRegisteredClaimNames.Sub, caller.PlayerId),
                new Claim(NameClaim, caller.Name),
                new Claim(AccountClaim, caller.Account),
                new Claim(SessionClaim, caller.SessionId),
                new Claim(ShardClaim, caller.Shard),
            ]),
        });
        return (token, caller);
    }

    /// <summary>The caller, or why the token is worthless. Says nothing about revocation.</summary>
    public async ValueTask<(Caller? Caller, Problem? Problem)> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _parameters);
        return result.IsValid ? ReadCaller((JsonWebToken)result.SecurityToken) : (null, TokenProblems.Invalid);
    }

    /// <summary>The caller that a token tells whose signature holds, or why it is worthless all the same.</summary>
    internal (Caller? Caller, Problem? Problem) ReadCaller(JsonWebToken jwt)
    {
        if (!jwt.TryGetPayloadValue<string>(NameClaim, out var name)
            || !jwt.TryGetPayloadValue<string>(AccountClaim, out var account)
            || !jwt.TryGetPayloadValue<string>(SessionClaim, out var session)
            || !jwt.TryGetPayloadValue<string>(ShardClaim, out var shard)
            || !EntityId.TryParse(jwt.Subject, out var player)
            || player.Shard != shard)
        {
            return (null, TokenProblems.Invalid);
        }

        var expires = new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero);
        return expires <= clock.GetUtcNow()
            ? (null, TokenProblems.Expired)
            : (new Caller(jwt.Subject, name, account, session, shard, expires), null);
    }
}

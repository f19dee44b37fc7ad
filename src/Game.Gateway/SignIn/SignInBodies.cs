using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Domain;
using Game.Gateway.Http;

namespace Game.Gateway.SignIn;

/// <summary>A new account and its player, on a shard (default: the gateway's first).</summary>
internal sealed record RegisterBody(string Name, string Password, string? Shard = null) : IRequestBody
{
    public Refusal? Check() => Names.CheckPlayerName(Name) ?? Credentials.CheckPassword(Password) ?? Credentials.CheckShard(Shard);
}

/// <summary>Signs in on the shard that was registered on (default: the gateway's first).</summary>
internal sealed record LoginBody(string Name, string Password, string? Shard = null) : IRequestBody
{
    public Refusal? Check() => Names.CheckPlayerName(Name) ?? Credentials.CheckPassword(Password) ?? Credentials.CheckShard(Shard);
}

internal sealed record RefreshBody(string RefreshToken) : IRequestBody
{
    public Refusal? Check() => RefreshToken.Length is > 0 and <= SignIn.RefreshToken.MaxLength
        ? null
        : Refusal.Invalid("refreshToken", $"1 to {SignIn.RefreshToken.MaxLength} characters");
}

/// <summary>A session: send the access token with every request, and refresh it before it expires.</summary>
internal sealed record SessionBody(
    string PlayerId,
    string Shard,
    string AccessToken,
    DateTimeOffset ExpiresAt,
    string RefreshToken,
    DateTimeOffset RefreshExpiresAt);

internal static class Credentials
{
    public static Refusal? CheckPassword(string password) =>
        password.Length is >= PlayerLimits.MinPasswordLength and <= PlayerLimits.MaxPasswordLength
            ? null
            : Refusal.Invalid("password", $"{PlayerLimits.MinPasswordLength} to {PlayerLimits.MaxPasswordLength} characters");

    public static Refusal? CheckShard(string? shard) =>
        shard is null || ShardId.IsValid(shard) ? null : Refusal.Invalid("shard", "1 to 32 characters of a-z 0-9 -");
}

using System.Buffers.Text;
using System.Security.Cryptography;
using Game.Contracts.Identity;
using Game.Domain;

namespace Game.Gateway.SignIn;

/// <summary>
/// <c>{shard}.{account}.{session}.{secret}</c>: where the session is kept, and a secret of which the account holds only the
/// hash.
/// </summary>
internal sealed record RefreshToken(string Shard, string Account, string SessionId, string Secret)
{
    public const int MaxLength = 256;
    private const int SecretBytes = 32;

    /// <summary>What is stored: SHA-256 suffices for 256 random bits.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Base64Url.DecodeFromChars(Secret)));

    public static string NewSecret() => Encode(RandomNumberGenerator.GetBytes(SecretBytes));

    public static string Encode(ReadOnlySpan<byte> secret) => Base64Url.EncodeToString(secret);

    public static RefreshToken? Parse(string text)
    {
        if (text.Length > MaxLength || text.Split('.') is not [var shard, var account, var session, var secret]
            || !ShardId.IsValid(shard)
            || Names.CheckPlayerName(account) is not null
            || !Ulid.IsValid(session)
            || !Base64Url.IsValid(secret, out var length)
            || length != SecretBytes)
        {
            return null;
        }

        return new RefreshToken(shard, account, session, secret);
    }

    public override string ToString() => $"{Shard}.{Account}.{SessionId}.{Secret}";
}

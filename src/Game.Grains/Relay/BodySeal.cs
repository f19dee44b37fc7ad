using System.Security.Cryptography;
using System.Text;

namespace Game.Grains.Relay;

/// <summary>
/// Encrypts bodies of private events (AES-256-GCM), so that a topic may hold them which others read. Safe for concurrent use.
/// A sealed body is <c>key id (4) | nonce (12) | tag (16) | cipher text</c>, bound to the place of its event.
/// </summary>
public sealed class BodySeal
{
    public const int KeyBytes = 32;

    private const int KeyIdBytes = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;

    /// <exception cref="ArgumentException">Not <see cref="KeyBytes"/> bytes.</exception>
    public BodySeal(byte[] key)
    {
        if (key.Length != KeyBytes)
        {
            throw new ArgumentException($"The key must have {KeyBytes} bytes.", nameof(key));
        }

        _key = key;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, KeyIdBytes));
    }

    /// <summary>Tells keys apart; says nothing about the key.</summary>
    public string KeyId { get; }

    /// <summary>The id of the key that a body was sealed with.</summary>
    public static string KeyIdOf(string sealedBody) =>
        Convert.FromBase64String(sealedBody) is { Length: > KeyIdBytes } bytes ? Convert.ToHexStringLower(bytes.AsSpan(0, KeyIdBytes)) : "none";

    /// <param name="body">What is to be sealed.</param>
    /// <param name="place">Opens only with the same.</param>
    public string Seal(ReadOnlySpan<byte> body, string place)
    {
        var bytes = new byte[KeyIdBytes + NonceBytes + TagBytes + body.Length];
        var all = bytes.AsSpan();
        Convert.FromHexString(KeyId).CopyTo(all);
        var nonce = all.Slice(KeyIdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(
            nonce, body, all[(KeyIdBytes + NonceBytes + TagBytes)..], all.Slice(KeyIdBytes + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(place));
        return Convert.ToBase64String(bytes);
    }

    /// <exception cref="CryptographicException">Sealed with another key, for another place, or changed since.</exception>
    /// <exception cref="FormatException">Nothing that was ever sealed.</exception>
    public byte[] Open(string sealedBody, string place)
    {
        var all = Convert.FromBase64String(sealedBody).AsSpan();
        if (all.Length < KeyIdBytes + NonceBytes + TagBytes)
        {
            throw new FormatException("Too short to be a sealed body.");
        }

        var body = new byte[all.Length - KeyIdBytes - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        aes.Decrypt(
            all.Slice(KeyIdBytes, NonceBytes),
            all[(KeyIdBytes + NonceBytes + TagBytes)..],
            all.Slice(KeyIdBytes + NonceBytes, TagBytes),
            body,
            Encoding.UTF8.GetBytes(place));
        return body;
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Game.Gateway.Http;

namespace Game.Gateway.Purchases;

/// <summary>
/// Receipts of a shop of one's own, which signs them: <c>{hs256|es256}.{base64url of JSON}.{base64url of signature}</c>, the
/// signature over the first two parts as they stand. HMAC with SHA-256, or ECDSA over P-256 with SHA-256 (IEEE P1363 format).
/// </summary>
public sealed class SignedReceiptValidator : IReceiptValidator, IDisposable
{
    public const string Hmac = "hs256";
    public const string Ecdsa = "es256";

    private readonly byte[]? _key;
    private readonly ECDsa? _publicKey;

    /// <param name="key">Of the HMAC; null: receipts signed so are refused.</param>
    /// <param name="publicKeyPem">Of ECDSA; null: receipts signed so are refused.</param>
    /// <exception cref="ArgumentException">The text is no public key.</exception>
    public SignedReceiptValidator(byte[]? key, string? publicKeyPem)
    {
        _key = key;
        if (publicKeyPem is not null)
        {
            _publicKey = ECDsa.Create();
            _publicKey.ImportFromPem(publicKeyPem);
        }
    }

    public string Provider => "signed";

    /// <summary>Signs a receipt with an HMAC key, as the shop does.</summary>
    public static string Sign(ValidReceipt receipt, byte[] key)
    {
        var signed = $"{Hmac}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(receipt, GatewayJson.Options))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    public ValueTask<ValidReceipt?> ValidateAsync(string receipt, CancellationToken cancellationToken)
    {
        var end = receipt.LastIndexOf('.');
        return ValueTask.FromResult(
            end > 0 && receipt.Split('.') is [var algorithm, var content, var signature]
                && Base64Url.IsValid(content) && Base64Url.IsValid(signature)
                && IsSigned(algorithm, Encoding.UTF8.GetBytes(receipt[..end]), Base64Url.DecodeFromChars(signature))
                ? Parse(Base64Url.DecodeFromChars(content))
                : null);
    }

    public void Dispose() => _publicKey?.Dispose();

    private bool IsSigned(string algorithm, byte[] signed, byte[] signature) => algorithm switch
    {
        Hmac when _key is not null => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, signed), signature),
        Ecdsa when _publicKey is not null => _publicKey.VerifyData(signed, signature, HashAlgorithmName.SHA256),
        _ => false,
    };

    private static ValidReceipt? Parse(byte[] content)
    {
        try
        {
            // A shop that does not say whom it sold to would let anybody redeem what is overheard.
            var receipt = JsonSerializer.Deserialize<ValidReceipt>(content, GatewayJson.Options);
            return receipt is { Player: not null, TransactionId.Length: > 0 } ? receipt : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

using System.Security.Cryptography;

namespace Game.Gateway;

/// <summary>How receipts of a shop of one's own are checked. Secrets: set them by environment or file, never in a profile.</summary>
public sealed class PurchaseSettings
{
    public const int MinKeyBytes = 32;

    /// <summary>Base64 of the HMAC key that the shop signs with, at least 32 bytes.</summary>
    public string? Key { get; set; }

    /// <summary>File that holds the HMAC key as base64.</summary>
    public string? KeyFile { get; set; }

    /// <summary>File that holds the shop's ECDSA public key (P-256, PEM).</summary>
    public string? PublicKeyFile { get; set; }

    public bool IsUsed => Key is not null || KeyFile is not null || PublicKeyFile is not null;

    internal byte[]? ReadKey() =>
        (Key ?? (KeyFile is { } file ? File.ReadAllText(file).Trim() : null)) is { } text ? Convert.FromBase64String(text) : null;

    internal string? ReadPublicKey() => PublicKeyFile is { } file ? File.ReadAllText(file) : null;

    internal IEnumerable<string> Validate(string path)
    {
        var check = new SettingCheck(path);
        var name = Key is null ? nameof(KeyFile) : nameof(Key);
        Try(check, name, () => ReadKey() is { Length: < MinKeyBytes } ? $"must be base64 of at least {MinKeyBytes} bytes" : null);
        Try(check, nameof(PublicKeyFile), () =>
        {
            using var key = ECDsa.Create();
            if (ReadPublicKey() is not { } pem)
            {
                return null;
            }

            key.ImportFromPem(pem);
            return key.KeySize == 256 ? null : "must be a key over P-256";
        });
        return check.Failures;
    }

    private static void Try(SettingCheck check, string name, Func<string?> read)
    {
        try
        {
            if (read() is { } failure)
            {
                check.Fail(name, failure);
            }
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or CryptographicException)
        {
            // The value itself is a secret and stays out of the message.
            check.Fail(name, "does not hold such a key");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            check.Fail(name, $"cannot be read: {exception.Message.TrimEnd('.')}");
        }
    }
}

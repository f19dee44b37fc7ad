namespace Game.Gateway;

/// <summary>Access and refresh tokens. Keys are secrets: set them by environment or file, never in a profile.</summary>
public sealed class TokenSettings
{
    public const int MinKeyBytes = 32;

    /// <summary>Base64 of the signing key, at least 32 bytes. Goes before <see cref="KeyFile"/>.</summary>
    public string? Key { get; set; }

    /// <summary>File that holds the signing key as base64; made with a fresh key if it does not exist.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Base64 of keys that no longer sign but are still believed, so that a change of key ends no session.</summary>
    public List<string> PreviousKeys { get; set; } = [];

    /// <summary>How long an access token lives, 10–86,400 s.</summary>
    public int AccessSeconds { get; set; } = 900;

    /// <summary>How long a session lives after its last refresh, 60–31,536,000 s.</summary>
    public int RefreshSeconds { get; set; } = 30 * 24 * 3600;

    /// <summary>How long a revoked session may still be believed by another gateway, 0–60 s.</summary>
    public int RevocationCacheSeconds { get; set; } = 5;

    internal IEnumerable<string> Validate(string path)
    {
        var check = new SettingCheck(path);
        CheckKey(check, nameof(Key), Key);
        for (var i = 0; i < PreviousKeys.Count; i++)
        {
            CheckKey(check, $"{nameof(PreviousKeys)}:{i}", PreviousKeys[i]);
        }

        check.Range(AccessSeconds, 10, 86_400);
        check.Range(RefreshSeconds, 60, 31_536_000);
        check.Range(RevocationCacheSeconds, 0, 60);
        return check.Failures;
    }

    private static void CheckKey(SettingCheck check, string name, string? key)
    {
        // The value itself is a secret and stays out of the message.
        var bytes = new byte[key?.Length ?? 0];
        if (key is not null && (!Convert.TryFromBase64String(key, bytes, out var length) || length < MinKeyBytes))
        {
            check.Fail(name, $"must be base64 of at least {MinKeyBytes} bytes");
        }
    }
}

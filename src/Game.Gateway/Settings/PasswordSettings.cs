namespace Game.Gateway;

/// <summary>Cost of passwords: PBKDF2 with HMAC-SHA512, as ASP.NET Core Identity stores it.</summary>
public sealed class PasswordSettings
{
    /// <summary>Rounds of a new hash, 1,000–10,000,000. Fewer only where accounts are worth nothing (bots, tests).</summary>
    public int Iterations { get; set; } = 100_000;

    /// <summary>Hashes at a time, 0–64; 0: half the processors.</summary>
    public int Concurrency { get; set; }

    /// <summary>Sign-ins that may wait for their hash, 0–10,000; more are told to come back.</summary>
    public int MaxWaiting { get; set; } = 256;

    internal IEnumerable<string> Validate(string path)
    {
        var check = new SettingCheck(path);
        check.Range(Iterations, 1_000, 10_000_000);
        check.Range(Concurrency, 0, 64);
        check.Range(MaxWaiting, 0, 10_000);
        return check.Failures;
    }
}

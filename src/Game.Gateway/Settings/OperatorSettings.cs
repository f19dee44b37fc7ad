namespace Game.Gateway;

/// <summary>
/// The operator's login at the management port: console, operations and dashboards need it, probes and metrics do not. The
/// password is a secret: set it by environment or file, never in a profile.
/// </summary>
public sealed class OperatorSettings
{
    public const int MaxNameLength = 64;
    public const int MinPasswordLength = 12;
    public const int MaxPasswordLength = 256;

    /// <summary>Who logs in, 1–64 characters without a colon.</summary>
    public string Name { get; set; } = "operator";

    /// <summary>12–256 characters. Goes before <see cref="PasswordFile"/>. Neither: no login, possible on loopback alone.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds the password; white space around it is no part of it.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Whether the management port asks for a login at all.</summary>
    public bool IsRequired => Password is not null || PasswordFile is not null;

    /// <summary>The password that is set.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    internal string ReadPassword() => Password
        ?? File.ReadAllText(PasswordFile ?? throw new InvalidOperationException("The operator has no password.")).Trim();

    internal IEnumerable<string> Validate(string path)
    {
        var check = new SettingCheck(path);
        if (Name.Length is 0 or > MaxNameLength || Name.Any(c => c == ':' || char.IsControl(c)))
        {
            check.Fail(nameof(Name), $"must be 1 to {MaxNameLength} characters without a colon");
        }

        if (IsRequired)
        {
            CheckPassword(check);
        }

        return check.Failures;
    }

    private void CheckPassword(SettingCheck check)
    {
        var name = Password is null ? nameof(PasswordFile) : nameof(Password);
        try
        {
            // The value itself is a secret and stays out of the message.
            var password = ReadPassword();
            if (password.Length is < MinPasswordLength or > MaxPasswordLength || password.Any(char.IsControl))
            {
                check.Fail(name, $"must hold {MinPasswordLength} to {MaxPasswordLength} characters, none of them control characters");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            check.Fail(name, $"cannot be read: {exception.Message.TrimEnd('.')}");
        }
    }
}

using System.Text.RegularExpressions;

namespace Game.Streaming.Kafka.Telemetry;

/// <summary>
/// Replaces secrets in text by <c>***</c>: those it is told, and what looks like one. A net under a rule: nothing secret is to be
/// logged in the first place. Safe for concurrent use.
/// </summary>
public sealed partial class SecretRedactor
{
    public const string Mask = "***";

    // Shorter ones would tear words apart.
    private const int ShortestSecret = 6;

    private readonly string[] _secrets;

    /// <param name="secrets">Secrets by value, as they are configured; those of less than six characters are not looked for.</param>
    public SecretRedactor(IEnumerable<string?> secrets)
    {
        _secrets =
        [
            .. secrets.OfType<string>().Select(secret => secret.Trim()).Where(secret => secret.Length >= ShortestSecret)
                .Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length),
        ];
    }

    public string Redact(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        }

        text = Named().Replace(text, "$1" + Mask);
        text = Bearer().Replace(text, "$1" + Mask);
        text = UserInfo().Replace(text, "://" + Mask + "@");
        return Jwt().Replace(text, Mask);
    }

    /// <summary>Whether a value of that name is secret whatever it is.</summary>
    public static bool IsSecret(string name) => SecretName().IsMatch(name);

    [GeneratedRegex("""(?i)\b((?:password|passwd|pwd|secret|token|api[-_]?key|private[-_]?key|authorization|sasl\.password)"?\s*[=:]\s*"?)(?!\*\*\*)[^\s;,"&]+""")]
    private static partial Regex Named();

    [GeneratedRegex(@"(?i)\b((?:bearer|basic)\s+)[a-z0-9._~+/=-]{8,}")]
    private static partial Regex Bearer();

    [GeneratedRegex(@"://[^/\s:@]+:[^/\s@]+@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\beyJ[\w-]+\.[\w-]+\.[\w-]*")]
    private static partial Regex Jwt();

    [GeneratedRegex("(?i)password|passwd|secret|token|authorization|api[-_]?key|private[-_]?key|connectionstring")]
    private static partial Regex SecretName();
}

using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;

namespace Game.Domain;

/// <summary>Alphabets and lengths of names; each check returns a refusal that names the field and the limit, or null.</summary>
public static class Names
{
    /// <summary>3–20 ASCII letters, digits, <c>_</c>, <c>-</c>.</summary>
    public static Refusal? CheckPlayerName(string name, string field = "name") =>
        name.Length is >= PlayerLimits.MinNameLength and <= PlayerLimits.MaxNameLength
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? null
            : Refusal.Invalid(field, $"{PlayerLimits.MinNameLength} to {PlayerLimits.MaxNameLength} letters, digits, '_' or '-'");

    /// <summary>3–24 ASCII letters, digits, space, <c>_</c>, <c>-</c>, <c>'</c>; no space at either end, no two in a row.</summary>
    public static Refusal? CheckGuildName(string name, string field = "name") =>
        name.Length is >= GuildLimits.MinNameLength and <= GuildLimits.MaxNameLength
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '-' or '\'')
            && name[0] != ' ' && name[^1] != ' ' && !name.Contains("  ", StringComparison.Ordinal)
            ? null
            : Refusal.Invalid(
                field,
                $"{GuildLimits.MinNameLength} to {GuildLimits.MaxNameLength} letters, digits, single spaces, '_', '-' or apostrophes");

    /// <summary>2–5 ASCII letters or digits.</summary>
    public static Refusal? CheckGuildTag(string tag, string field = "tag") =>
        tag.Length is >= GuildLimits.MinTagLength and <= GuildLimits.MaxTagLength && tag.All(char.IsAsciiLetterOrDigit)
            ? null
            : Refusal.Invalid(field, $"{GuildLimits.MinTagLength} to {GuildLimits.MaxTagLength} letters or digits");
}

using System.Diagnostics.CodeAnalysis;
using Game.Contracts.Identity;

namespace Game.Contracts.Chat;

/// <summary>Names of chat channels.</summary>
public static class ChatChannels
{
    /// <summary>Heard on every shard.</summary>
    public const string World = "world";

    /// <summary>Heard on its own shard only.</summary>
    public const string Shard = "shard";

    private const string GuildPrefix = "guild:";
    private const string WhisperPrefix = "whisper:";

    /// <summary>Heard by a guild's members on every shard.</summary>
    public static string Guild(string guildId) => GuildPrefix + guildId;

    /// <summary>What two players say to each other, as clients name it: by the other player.</summary>
    public static string Whisper(string other) => WhisperPrefix + other;

    /// <summary>One player's copy of what was said with another; lives on the player's home shard.</summary>
    public static string WhispersOf(string owner, string other) => $"{WhisperPrefix}{owner}:{other}";

    /// <summary>The guild whose channel this is, or null.</summary>
    public static string? GuildOf(string? channel) => IdAfter(GuildPrefix, channel);

    /// <summary>The other player of a whisper channel as clients name it, or null.</summary>
    public static string? WhisperedTo(string? channel) => IdAfter(WhisperPrefix, channel);

    /// <summary>Reads a name that <see cref="WhispersOf"/> has made.</summary>
    public static bool TryParseWhispers(string channel, [NotNullWhen(true)] out string? owner, [NotNullWhen(true)] out string? other)
    {
        var parts = channel.StartsWith(WhisperPrefix, StringComparison.Ordinal) ? channel[WhisperPrefix.Length..].Split(':') : [];
        (owner, other) = parts.Length == 2 ? (parts[0], parts[1]) : (null, null);
        return owner is not null && other is not null;
    }

    private static string? IdAfter(string prefix, string? channel) =>
        channel is not null
            && channel.StartsWith(prefix, StringComparison.Ordinal)
            && EntityId.TryParse(channel[prefix.Length..], out var id)
            ? id.ToString()
            : null;
}

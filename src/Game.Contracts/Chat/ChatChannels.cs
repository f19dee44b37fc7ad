namespace Game.Contracts.Chat;

/// <summary>Names of chat channels.</summary>
public static class ChatChannels
{
    /// <summary>Heard on every shard.</summary>
    public const string World = "world";

    /// <summary>Heard on its own shard only.</summary>
    public const string Shard = "shard";

    /// <summary>Heard by a guild's members on every shard.</summary>
    public static string Guild(string guildId) => "guild:" + guildId;
}

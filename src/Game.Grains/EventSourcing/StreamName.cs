using Game.Contracts.Chat;

namespace Game.Grains.EventSourcing;

/// <summary>Names of streams: <c>{category}/{key}</c>.</summary>
public static class StreamName
{
    public const string Player = "player";
    public const string Guild = "guild";
    public const string GuildDirectory = "guild-directory";
    public const string War = "war";
    public const string WarDirectory = "war-directory";
    public const string Front = "front";
    public const string WorldEvent = "world-event";
    public const string WorldEventDirectory = "world-event-directory";
    public const string EventFront = "event-front";
    public const string Leaderboard = "leaderboard";
    public const string Mailbox = "mailbox";
    public const string Chat = "chat";
    public const string Shards = "shards";
    public const string Friends = "friends";
    public const string Desk = "desk";
    public const string Receipt = "receipt";
    public const string ActionBucket = "action-bucket";
    public const string Window = "window";
    public const string Generations = "analytics-generations";

    /// <summary>Sign-in data. Private: leaves the shard's store sealed only.</summary>
    public const string Account = "account";

    /// <summary>Whether bodies of a stream's events are nobody else's business: sign-in data, whispers. Published, they are sealed.</summary>
    public static bool IsPrivate(string stream) => CategoryOf(stream) switch
    {
        Account => true,
        Chat => ChatChannels.TryParseWhispers(KeyOf(stream), out _, out _),
        _ => false,
    };

    public static string Of(string category, string key) => $"{category}/{key}";

    public static string CategoryOf(string stream) => stream[..stream.IndexOf('/', StringComparison.Ordinal)];

    public static string KeyOf(string stream) => stream[(stream.IndexOf('/', StringComparison.Ordinal) + 1)..];
}

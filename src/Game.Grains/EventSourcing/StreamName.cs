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

    /// <summary>Sign-in data. Private: never leaves the shard's store.</summary>
    public const string Account = "account";

    public static string Of(string category, string key) => $"{category}/{key}";

    public static string CategoryOf(string stream) => stream[..stream.IndexOf('/', StringComparison.Ordinal)];

    public static string KeyOf(string stream) => stream[(stream.IndexOf('/', StringComparison.Ordinal) + 1)..];
}

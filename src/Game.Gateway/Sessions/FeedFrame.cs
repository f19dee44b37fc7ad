using System.Text.Json;
using Game.Contracts.Feeds;

namespace Game.Gateway.Sessions;

/// <summary>A push, encoded at most once, for all who listen. Its listeners are told one after the other.</summary>
internal sealed class FeedFrame
{
    public const string Everybody = "*";
    private const string GuildEvent = "guild.event";
    private const string Scoreboard = "war.scoreboard";
    private const string ChatMessage = "chat.message";
    private const string FriendEvent = "friend.event";
    private const string Pool = "boss.pool";

    private readonly string _json;
    private ReadOnlyMemory<byte>? _bytes;

    private FeedFrame(FeedMessage message)
    {
        _json = message.Json;
        Topic = message.Topic;
        Type = message.Type;
    }

    /// <summary>What it is told on.</summary>
    public string Topic { get; }

    /// <summary>The frame's type.</summary>
    public string Type { get; }

    /// <summary>The whole frame.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes ??= FrameWriter.RawPush(Type, _json);

    /// <summary>A frame of this key that still waits is outdated by this one; null: all count.</summary>
    public string? Replaces { get; private init; }

    /// <summary>Among frames of one key the greatest is the newest.</summary>
    public long Revision { get; private init; }

    /// <summary>The player whose membership of the guild ends with this, <see cref="Everybody"/>, or null.</summary>
    public string? Ended { get; private init; }

    /// <summary>Who says it, if it is said by somebody.</summary>
    public string? Author { get; private init; }

    /// <summary>Whom the player it is told to blocks with this, or no longer.</summary>
    public (string Player, bool Blocked)? Blocking { get; private init; }

    /// <exception cref="JsonException">The data is no JSON.</exception>
    /// <exception cref="KeyNotFoundException">The data lacks what frames of the type have.</exception>
    /// <exception cref="InvalidOperationException">The data has something else in its place.</exception>
    /// <exception cref="FormatException">A number of the data is none that frames of the type have.</exception>
    public static FeedFrame Of(FeedMessage message)
    {
        if (message.Type is not (Scoreboard or Pool or GuildEvent or ChatMessage or FriendEvent))
        {
            return new FeedFrame(message);
        }

        using var document = JsonDocument.Parse(message.Json);
        var data = document.RootElement;
        return message.Type switch
        {
            Scoreboard => new FeedFrame(message) { Replaces = $"{Scoreboard}/{message.Topic}", Revision = RevisionOf(data) },
            Pool => new FeedFrame(message) { Replaces = $"{Pool}/{data.GetProperty("eventId").GetString()}", Revision = RevisionOf(data) },
            GuildEvent => new FeedFrame(message) { Ended = EndedBy(data) },
            ChatMessage => new FeedFrame(message) { Author = data.GetProperty("author").GetString() },
            _ => new FeedFrame(message) { Blocking = BlockingBy(data) },
        };
    }

    private static long RevisionOf(JsonElement data) => data.GetProperty("revision").GetInt64();

    private static (string Player, bool Blocked)? BlockingBy(JsonElement data)
    {
        var player = data.GetProperty("event").GetProperty("player").GetString()!;
        return data.GetProperty("kind").GetString() switch
        {
            "friends.player-blocked" => (player, true),
            "friends.player-unblocked" => (player, false),
            _ => null,
        };
    }

    private static string? EndedBy(JsonElement data) => data.GetProperty("kind").GetString() switch
    {
        "guild.member-left" or "guild.member-kicked" => data.GetProperty("event").GetProperty("player").GetString(),
        "guild.disbanded" => Everybody,
        _ => null,
    };
}

using System.Text.Json;
using Game.Contracts.Feeds;

namespace Game.Gateway.Sessions;

/// <summary>A push, encoded once for all who listen.</summary>
/// <param name="Topic">What it is told on.</param>
/// <param name="Type">The frame's type.</param>
/// <param name="Bytes">The whole frame.</param>
/// <param name="Replaces">A frame of this key that still waits is outdated by this one; null: all count.</param>
/// <param name="Ended">The player whose membership of the guild ends with this, <see cref="Everybody"/>, or null.</param>
/// <param name="Author">Who says it, if it is said by somebody.</param>
/// <param name="Blocking">Whom the player it is told to blocks with this, or no longer.</param>
internal sealed record FeedFrame(
    string Topic,
    string Type,
    ReadOnlyMemory<byte> Bytes,
    string? Replaces,
    string? Ended,
    string? Author,
    (string Player, bool Blocked)? Blocking)
{
    public const string Everybody = "*";
    private const string GuildEvent = "guild.event";
    private const string Scoreboard = "war.scoreboard";
    private const string ChatMessage = "chat.message";
    private const string FriendEvent = "friend.event";
    private const string Pool = "boss.pool";

    public static FeedFrame Of(FeedMessage message) => new(
        message.Topic,
        message.Type,
        FrameWriter.RawPush(message.Type, message.Json),
        message.Type switch
        {
            Scoreboard => $"{Scoreboard}/{message.Topic}",
            Pool => $"{Pool}/{EventOf(message.Json)}",
            _ => null,
        },
        message.Type == GuildEvent ? EndedBy(message.Json) : null,
        message.Type == ChatMessage ? AuthorOf(message.Json) : null,
        message.Type == FriendEvent ? BlockingBy(message.Json) : null);

    private static string? AuthorOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("author").GetString();
    }

    private static (string Player, bool Blocked)? BlockingBy(string json)
    {
        using var document = JsonDocument.Parse(json);
        var player = document.RootElement.GetProperty("event").GetProperty("player").GetString()!;
        return document.RootElement.GetProperty("kind").GetString() switch
        {
            "friends.player-blocked" => (player, true),
            "friends.player-unblocked" => (player, false),
            _ => null,
        };
    }

    private static string? EventOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("eventId").GetString();
    }

    private static string? EndedBy(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("kind").GetString() switch
        {
            "guild.member-left" or "guild.member-kicked" =>
                document.RootElement.GetProperty("event").GetProperty("player").GetString(),
            "guild.disbanded" => Everybody,
            _ => null,
        };
    }
}

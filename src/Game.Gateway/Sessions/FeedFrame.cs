using System.Text.Json;
using Game.Contracts.Feeds;

namespace Game.Gateway.Sessions;

/// <summary>A push, encoded once for all who listen.</summary>
/// <param name="Topic">What it is told on.</param>
/// <param name="Type">The frame's type.</param>
/// <param name="Bytes">The whole frame.</param>
/// <param name="Replaces">A frame of this key that still waits is outdated by this one; null: all count.</param>
/// <param name="Ended">The player whose membership of the guild ends with this, <see cref="Everybody"/>, or null.</param>
internal sealed record FeedFrame(string Topic, string Type, ReadOnlyMemory<byte> Bytes, string? Replaces, string? Ended)
{
    public const string Everybody = "*";
    private const string GuildEvent = "guild.event";
    private const string Scoreboard = "war.scoreboard";
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
        message.Type == GuildEvent ? EndedBy(message.Json) : null);

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

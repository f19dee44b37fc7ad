using Game.Contracts.Chat;
using Game.Contracts.Identity;

namespace Game.Gateway.Http;

/// <summary>The identifiers that stand in routes and frames, by the name of their parameter.</summary>
internal static class RouteIds
{
    public const string Player = "playerId";
    public const string Guild = "guildId";
    public const string War = "warId";
    public const string Event = "eventId";
    public const string Board = "board";
    public const string Channel = "channel";

    /// <summary>A player who may be at home on a shard that is not served here.</summary>
    public const string Friend = "friendId";

    private const string EntityLimit = "{shard}.{ulid}";

    public static bool IsRouteId(string name) => name is Player or Guild or War or Event or Board or Channel or Friend;

    /// <summary>
    /// Players and guilds must live here, unless <paramref name="guildMayBeElsewhere"/>; wars and events may be known here by their
    /// fronts, so their handlers decide.
    /// </summary>
    public static Problem? Check(RouteValueDictionary values, ShardRouter shards, bool guildMayBeElsewhere)
    {
        foreach (var (name, value) in values)
        {
            var text = value as string;
            var problem = name switch
            {
                Guild when guildMayBeElsewhere => CheckEntity(name, text),
                Player or Guild => CheckEntity(name, text) ?? shards.CheckServed(text!),
                War or Event or Friend => CheckEntity(name, text),
                Board => CheckBoard(text),
                Channel => CheckChannel(text),
                _ => throw new InvalidOperationException($"No rule for the route parameter '{name}'."),
            };
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    public static Problem? CheckEntity(string name, string? id) =>
        EntityId.TryParse(id, out _) ? null : Problem.Invalid(name, EntityLimit, GatewayCodes.InvalidId);

    public static Problem? CheckChannel(string? channel) =>
        channel is ChatChannels.World or ChatChannels.Shard
            || ChatChannels.GuildOf(channel) is not null
            || ChatChannels.WhisperedTo(channel) is not null
            ? null
            : Problem.Invalid(Channel, "world, shard, guild:{guildId} or whisper:{playerId}", GatewayCodes.InvalidId);

    private static Problem? CheckBoard(string? board) =>
        ShardId.IsValid(board) ? null : Problem.Invalid(Board, "1 to 32 characters of a-z 0-9 -", GatewayCodes.InvalidId);
}

namespace Game.Broadcast;

/// <summary>The exchanges shards meet on. All are topic exchanges and durable.</summary>
public static class Exchanges
{
    /// <summary>Guilds and wars: <c>guild.war.{homeShard}.{what}</c>, <c>guild.member.{shard}.{what}</c>.</summary>
    public const string Guild = "game.guild.events";

    /// <summary>World events: <c>world.{kind}</c> to every shard, <c>world.report.{shard}</c> to the shard that coordinates.</summary>
    public const string World = "game.world.events";

    /// <summary><c>player.{shard}.{player}</c>.</summary>
    public const string Notifications = "game.player.notifications";

    /// <summary><c>chat.{channel}.{shard}</c>.</summary>
    public const string Chat = "game.chat";

    /// <summary>What shards say to each other about their messages: <c>ask.{shard}</c>, <c>to.{queue}</c>.</summary>
    public const string Resync = "game.resync";

    public static readonly IReadOnlyList<string> All = [Guild, World, Notifications, Chat, Resync];
}

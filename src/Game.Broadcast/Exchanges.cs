namespace Game.Broadcast;

/// <summary>The exchanges shards meet on. All are topic exchanges and durable.</summary>
public static class Exchanges
{
    /// <summary>Guilds and wars: <c>guild.war.{homeShard}.{what}</c>, <c>guild.member.{shard}.{what}</c>.</summary>
    public const string Guild = "game.guild.events";

    /// <summary>World events: <c>world.{kind}</c> to every shard, <c>world.report.{shard}</c> to the shard that coordinates.</summary>
    public const string World = "game.world.events";

    /// <summary><c>player.{shard}.{player}</c>, and with <c>.urgent</c> behind it what must not wait behind the rest.</summary>
    public const string Notifications = "game.player.notifications";

    /// <summary><c>chat.world.{shard}</c>, <c>chat.guild.{shard}</c>: the author's; <c>chat.whisper.{shard}</c>: the other's.</summary>
    public const string Chat = "game.chat";

    /// <summary>
    /// What each shard sums up of itself, the newest being all that counts: <c>presence.{shard}</c>, <c>board.{shard}</c>.
    /// </summary>
    public const string Digests = "game.digests";

    /// <summary>What shards say to each other about their messages: <c>ask.{shard}</c>, <c>to.{queue}</c>.</summary>
    public const string Resync = "game.resync";

    public static readonly IReadOnlyList<string> All = [Guild, World, Notifications, Chat, Digests, Resync];
}

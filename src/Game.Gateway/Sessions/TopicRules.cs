using Game.Contracts.Chat;
using Game.Contracts.Feeds;
using Game.Contracts.Identity;
using Game.Gateway.Chat;
using Game.Gateway.Http;

namespace Game.Gateway.Sessions;

/// <summary>Which topics there are, where they are told, and who may listen.</summary>
internal sealed class TopicRules(ShardRouter shards, ChatService chat)
{
    private static readonly Problem Unknown = new(
        StatusCodes.Status400BadRequest,
        GatewayCodes.TopicUnknown,
        "There is no such topic.",
        "topics",
        "war:{warId}, guild:{guildId}, chat:{channel}, events or the own player:{id}");

    /// <summary>The topic of the player itself, which every session listens to from its start.</summary>
    public static Topic Own(Caller caller) => new(FeedTopics.Player(caller.PlayerId), caller.Shard, null);

    /// <summary>What everybody on the shard is told; every session listens to it, and none names it.</summary>
    public static Topic Announcements(Caller caller) => new(FeedTopics.Announcements, caller.Shard, null);

    public static bool IsOwn(Caller caller, string topic) => topic == FeedTopics.Player(caller.PlayerId);

    /// <summary>The events of a guild come from its home shard.</summary>
    public static Topic OfGuild(string guild) => new(FeedTopics.Guild(guild), EntityId.ShardOf(guild), guild);

    public async ValueTask<(Topic? Topic, Problem? Problem)> CheckAsync(Caller caller, string name)
    {
        if (IsOwn(caller, name))
        {
            return (Own(caller), null);
        }

        if (name == FeedTopics.Events)
        {
            return (new Topic(name, caller.Shard, null), null);
        }

        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var subject = name[(colon + 1)..];
        switch (colon < 0 ? "" : name[..colon])
        {
            case "war" when EntityId.TryParse(subject, out _):
                return (new Topic(name, caller.Shard, null), null);
            case "guild" when EntityId.TryParse(subject, out _):
                return await CheckGuildAsync(caller, OfGuild(subject));
            case "chat" when RouteIds.CheckChannel(subject) is null && ChatChannels.WhisperedTo(subject) is null:
                var topic = new Topic(name, caller.Shard, ChatChannels.GuildOf(subject));
                return topic.Guild is null ? (topic, null) : await CheckGuildAsync(caller, topic);
            default:
                return (null, Unknown);
        }
    }

    private async ValueTask<(Topic? Topic, Problem? Problem)> CheckGuildAsync(Caller caller, Topic topic)
    {
        var problem = shards.CheckServed(topic.Guild!) ?? await chat.CheckMemberAsync(caller, topic.Guild!);
        return problem is null ? (topic, null) : (null, problem);
    }
}

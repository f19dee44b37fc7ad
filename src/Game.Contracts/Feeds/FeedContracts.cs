namespace Game.Contracts.Feeds;

/// <summary>
/// Fan-out of pushes on one shard; key: a topic (<c>war:{id}</c>, <c>guild:{id}</c>, <c>player:{id}</c>, <c>chat:{channel}</c>,
/// <c>events</c>).
/// In memory and at most once: what must not be missed is also readable (mailbox, war, guild, history).
/// </summary>
[Alias("game.IFeedGrain")]
public interface IFeedGrain : IGrainWithStringKey
{
    /// <summary>Adds or renews an observer. It is forgotten after <see cref="FeedTopics.Lease"/> without renewal.</summary>
    [Alias("Subscribe")]
    Task SubscribeAsync(IFeedObserver observer);

    [Alias("Unsubscribe")]
    Task UnsubscribeAsync(IFeedObserver observer);

    [Alias("Publish"), OneWay]
    Task PublishAsync(FeedMessage message);
}

/// <summary>Receives pushes; called from grain turns, so it must return at once.</summary>
[Alias("game.IFeedObserver")]
public interface IFeedObserver : IGrainObserver
{
    [Alias("OnPush"), OneWay]
    Task OnPushAsync(FeedMessage message);
}

/// <summary>A push frame: <paramref name="Type"/> is the frame's type, <paramref name="Json"/> its data.</summary>
[GenerateSerializer, Immutable, Alias("game.feed.message")]
public sealed record FeedMessage([property: Id(0)] string Topic, [property: Id(1)] string Type, [property: Id(2)] string Json);

public static class FeedTopics
{
    /// <summary>How long a feed remembers an observer that does not renew.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    /// <summary>What everybody on the shard is told.</summary>
    public const string Announcements = "announcements";

    /// <summary>World events: their beginnings and ends, and bosses' pools.</summary>
    public const string Events = "events";

    public static string War(string warId) => "war:" + warId;

    public static string Guild(string guildId) => "guild:" + guildId;

    public static string Player(string playerId) => "player:" + playerId;

    public static string Chat(string channel) => "chat:" + channel;
}

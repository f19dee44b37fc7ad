using System.Collections.Concurrent;
using Game.Gateway.Telemetry;

namespace Game.Gateway.Sessions;

/// <summary>Brings what the shards' feeds push to the sessions of this process. Safe for concurrent use.</summary>
internal sealed class FeedHub(
    ShardRouter shards, SessionSettings settings, GatewayMetrics metrics, TimeProvider clock, ILogger<FeedHub> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<ShardFeed>> _feeds = new(StringComparer.Ordinal);

    /// <summary>
    /// The session listens. To what only a guild's members hear it listens together with the guild's own events, which tell
    /// when the membership ends.
    /// </summary>
    /// <exception cref="TimeoutException">The feed did not answer.</exception>
    public async Task SubscribeAsync(GameSession session, Topic topic)
    {
        await JoinAsync(session, topic);
        if (topic.Guild is { } guild)
        {
            await JoinAsync(session, TopicRules.OfGuild(guild));
        }

        session.Show(topic);
    }

    public async Task UnsubscribeAsync(GameSession session, string topic)
    {
        session.Hide(topic);
        await LeaveUnneededAsync(session);
    }

    /// <summary>Leaves what the session joined and no longer needs for anything it shows; everything if it has ended.</summary>
    public async Task LeaveUnneededAsync(GameSession session)
    {
        foreach (var topic in session.TakeUnneeded())
        {
            await FeedOf(topic.Shard).LeaveAsync(session, topic.Name);
        }
    }

    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        foreach (var feed in _feeds.Values)
        {
            await feed.Value.RenewAsync(cancellationToken);
        }
    }

    private async Task JoinAsync(GameSession session, Topic topic)
    {
        if (session.TryJoin(topic))
        {
            await FeedOf(topic.Shard).JoinAsync(session, topic.Name);
        }
    }

    private ShardFeed FeedOf(string shard) => _feeds.GetOrAdd(
        shard, name => new Lazy<ShardFeed>(() => new ShardFeed(shards.On(name), settings.StateInterval, metrics, clock, logger))).Value;
}

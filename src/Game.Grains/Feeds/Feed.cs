using System.Text.Json;
using Game.Contracts.Feeds;
using Game.Grains.EventSourcing;

namespace Game.Grains.Feeds;

/// <summary>Pushes to whoever listens to a topic on this shard; at most once, never waited for.</summary>
public static class Feed
{
    public static void Push<T>(IGrainFactory grains, string topic, string type, T data) =>
        _ = grains.GetGrain<IFeedGrain>(topic).PublishAsync(
            new FeedMessage(topic, type, JsonSerializer.Serialize(data, EventCodec.Json)));
}

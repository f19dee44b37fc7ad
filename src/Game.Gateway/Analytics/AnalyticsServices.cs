using Game.Gateway.Http;

namespace Game.Gateway.Analytics;

/// <summary>What every question to analytics needs. Safe for concurrent use.</summary>
internal sealed class AnalyticsServices(AnalyticsReader reader, ShardRouter shards, TimeProvider clock)
{
    public AnalyticsReader Reader => reader;

    public Problem? Read(
        string? from, string? to, string? resolution, string? shard, QueryNumber? generation, out AnalyticsQuery query) =>
        AnalyticsQuery.Read(from, to, resolution, shard, generation, clock.GetUtcNow(), shards, out query);
}

using Game.Contracts.Analytics;
using Game.Domain.Analytics.Windows;

namespace Game.Gateway.Analytics;

/// <summary>Gathers panes from the windows of all shards asked about. Safe for concurrent use.</summary>
internal sealed class AnalyticsReader(ShardRouter shards, TimeProvider clock)
{
    private const int AtOnce = 64;

    /// <summary>A bucket that nothing has come to for this long holds no watermark back.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The panes of the query's time, of all its shards together; <paramref name="more"/> panes beyond its end, for long windows.
    /// </summary>
    public async Task<PaneSet> ReadAsync(AnalyticsQuery query, string processor, int more, CancellationToken cancellationToken)
    {
        var to = query.To + (more * Resolutions.PaneOf(query.Resolution));
        var span = Resolutions.SpanOf(query.Resolution);
        var reads = new List<(string Shard, WindowKey Window)>();
        for (var start = Resolutions.Floor(query.From, span); start < to; start += span)
        {
            var window = new WindowKey(query.Generation, processor, query.Resolution, start);
            reads.AddRange(query.Shards.Select(shard => (shard, window)));
        }

        var panes = new PaneSet();
        foreach (var chunk in reads.Chunk(AtOnce))
        {
            var contents = await Task.WhenAll(chunk.Select(read => shards.On(read.Shard).GetGrain<IWindowGrain>(read.Window.ToString())
                .ReadAsync(Resolutions.TimeOf(query.From), Resolutions.TimeOf(to)))).WaitAsync(cancellationToken);
            foreach (var content in contents)
            {
                panes.Merge(content);
            }
        }

        return panes;
    }

    public async Task<IReadOnlyList<BucketStatus>> ReadBucketsAsync(
        IReadOnlyList<string> of, int generation, CancellationToken cancellationToken)
    {
        var statuses = of.SelectMany(shard => Enumerable.Range(0, ActionStreams.Buckets).Select(number => shards.On(shard)
            .GetGrain<IActionBucketGrain>($"{generation}.{ActionStreams.BucketOf(shard, number)}").GetStatusAsync()));
        return await Task.WhenAll(statuses).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Before this, nothing is expected any more: the least watermark of the buckets that are not idle; of idle ones alone, the
    /// greatest.
    /// </summary>
    public DateTimeOffset? WatermarkOf(IReadOnlyList<BucketStatus> buckets)
    {
        var now = clock.GetUtcNow();
        return buckets.Where(bucket => now - bucket.FoldedAt < IdleAfter).Min(bucket => bucket.Watermark)
            ?? buckets.Max(bucket => bucket.Watermark);
    }
}

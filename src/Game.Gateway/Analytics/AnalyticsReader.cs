using Game.Contracts.Analytics;
using Game.Domain.Analytics.Generations;
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
        var length = Resolutions.SpanOf(query.Resolution);
        var reads = new List<(string Shard, WindowKey Window, long From, long To)>();
        foreach (var (shard, view) in await ReadGenerationsAsync(query.Shards, cancellationToken))
        {
            foreach (var span in GenerationSpans.Of(view, query.Generation ?? view.Shown))
            {
                var (since, until) = (Math.Max(query.From, span.From), Math.Min(to, span.To));
                for (var start = Resolutions.Floor(since, length); start < until; start += length)
                {
                    reads.Add((shard, new WindowKey(span.Generation, processor, query.Resolution, start), since, until));
                }
            }
        }

        var panes = new PaneSet();
        foreach (var chunk in reads.Chunk(AtOnce))
        {
            var contents = await Task.WhenAll(chunk.Select(read => shards.On(read.Shard).GetGrain<IWindowGrain>(read.Window.ToString())
                .ReadAsync(Resolutions.TimeOf(read.From), Resolutions.TimeOf(read.To)))).WaitAsync(cancellationToken);
            foreach (var content in contents)
            {
                panes.Merge(content);
            }
        }

        return panes;
    }

    /// <summary>The generations of shards, in the order of the shards.</summary>
    public async Task<IReadOnlyList<(string Shard, GenerationsView Generations)>> ReadGenerationsAsync(
        IReadOnlyList<string> of, CancellationToken cancellationToken) => await Task.WhenAll(of.Select(async shard =>
            (shard, await shards.On(shard).GetGrain<IAnalyticsGenerationsGrain>(shard).GetAsync()))).WaitAsync(cancellationToken);

    public async Task<IReadOnlyList<BucketStatus>> ReadBucketsAsync(AnalyticsQuery query, CancellationToken cancellationToken)
    {
        var generations = await ReadGenerationsAsync(query.Shards, cancellationToken);
        var statuses = generations.SelectMany(of => Enumerable.Range(0, ActionStreams.Buckets).Select(number => shards.On(of.Shard)
            .GetGrain<IActionBucketGrain>($"{query.Generation ?? of.Generations.Shown}.{ActionStreams.BucketOf(of.Shard, number)}")
            .GetStatusAsync()));
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

using System.Diagnostics;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Buckets;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;
using Game.GeneratedPlay;

namespace Game.Benchmarks.Analytics;

/// <summary>How many actions a core folds, all processors and windows included, beside a dictionary of counts by kind and minute.</summary>
public sealed class AnalyticsBenchmark : IBenchmark
{
    private const int Buckets = 16;

    public string Name => "analytics";

    public Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var generator = new PlayGenerator(new PlayPlan(Seed: 1, Players: quick ? 320 : 1_600, Hours: 1, Cheaters: 0, Buckets));
        var play = Enumerable.Range(0, 4).SelectMany(generator.Bucket).OrderBy(action => action.At).ToList();
        var rows = new List<Row>();
        foreach (var size in new[] { 100, 1_000 })
        {
            PlacedAction[][] batches =
                [.. play.Select((action, i) => new PlacedAction(new ActionOffset(i, 0), action)).Chunk(size)];
            Fold(batches[..(batches.Length / 4)]);
            var (rate, memory) = Fold(batches);
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(Row.Rate(
                $"actions folded by one core, batches of {size}, {play.Count:N0} actions",
                rate,
                Count(play),
                "actions/s",
                "≥ 100,000",
                (ours, _) => ours >= 100_000));
            if (size == 1_000)
            {
                rows.Add(Row.Single("memory of a player, all processors", memory, "B"));
            }
        }

        return Task.FromResult<IReadOnlyList<Row>>(rows);
    }

    private static (double Rate, double BytesAPlayer) Fold(PlacedAction[][] batches)
    {
        var marks = new Dictionary<WindowKey, ActionOffset>();
        var bucket = ActionBucket.Initial("");
        var started = Stopwatch.GetTimestamp();
        var bytes = 0L;
        foreach (var batch in batches)
        {
            var folded = BucketFold.Fold(1, ProcessorCatalog.All, bucket, batch, marks);
            foreach (var partial in folded.Partials)
            {
                bytes += partial.Content.ToBase64().Length;
            }

            bucket = bucket.Apply(bucket.Decide(folded.Command!, DateTimeOffset.UnixEpoch).Events[0]);
        }

        var rate = batches.Sum(batch => batch.Length) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        GC.KeepAlive(bytes);
        return (rate, (double)bucket.WriteSnapshot().Length / bucket.PlayerCount);
    }

    private static double Count(List<PlayerAction> play)
    {
        var counts = new Dictionary<(ActionKind, long), long>();
        var started = Stopwatch.GetTimestamp();
        foreach (var action in play)
        {
            var key = (action.Kind, action.At.ToUnixTimeSeconds() / 60);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return play.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Buckets;
using Game.Domain.Analytics.Windows;
using Game.Grains.EventSourcing;

namespace Game.Grains.Analytics;

/// <summary>
/// Folds a bucket's batches one after the other: partials into their windows, then the bucket's own memory. Remembers the marks
/// of the windows it has touched; what goes wrong makes it forget them, and they are read again with the redelivery.
/// </summary>
[Reentrant]
public sealed class ActionBucketGrain(EventSourcingServices services, AnalyticsOptions options, AnalyticsMetrics metrics)
    : EventSourcedGrain<ActionBucket, BucketCommand>(services), IActionBucketGrain
{
    /// <summary>What a snapshot's bytes are.</summary>
    public const string SnapshotFormat = "action-bucket/1";

    private const int MaxMarks = 1_000;
    private const int MaxTries = 5;

    /// <summary>A large memory and large events: a snapshot whenever the log since the last one weighs as much.</summary>
    private const int BytesAnEvent = 4_096;

    private readonly Dictionary<WindowKey, ActionOffset> _marks = [];
    private readonly SemaphoreSlim _folding = new(1);

    protected override string Category => StreamName.ActionBucket;

    private int Generation => BucketKey.Parse(Key).Generation;

    private string Bucket => BucketKey.Parse(Key).Bucket;

    public async Task<Outcome<BucketStatus>> FoldAsync(IReadOnlyList<PlacedAction> actions)
    {
        await _folding.WaitAsync();
        try
        {
            for (var tries = 1; ; tries++)
            {
                var outcome = await TryFoldAsync(actions);
                if (outcome.Refusal?.Code != RefusalCodes.PartialOutOfPlace || tries == MaxTries)
                {
                    return outcome;
                }
            }
        }
        catch
        {
            _marks.Clear();
            throw;
        }
        finally
        {
            _folding.Release();
        }
    }

    public async Task<BucketStatus> GetStatusAsync() => (await ReadAsync()).ToStatus(Bucket);

    protected override AggregateReader<ActionBucket> CreateReader() => new BinaryStateReader<ActionBucket>(
        Store,
        Codec,
        SnapshotFormat,
        () => ActionBucket.Initial(Key),
        (state, fact) => state.Apply(fact),
        state => state.WriteSnapshot(),
        ActionBucket.ReadSnapshot);

    protected override long SnapshotIntervalAfter(long snapshotBytes) =>
        Math.Max(AggregateReader<ActionBucket>.MinSnapshotInterval, snapshotBytes / BytesAnEvent);

    private async Task<Outcome<BucketStatus>> TryFoldAsync(IReadOnlyList<PlacedAction> actions)
    {
        var bucket = await ReadAsync();
        var folded = await FoldKnowingMarksAsync(bucket, actions);
        if (folded.Command is not { } advance)
        {
            return Outcome.Accept(bucket.ToStatus(Bucket), Version);
        }

        var merged = await Task.WhenAll(folded.Partials.Select(partial => MergeAsync(partial, advance.Last)));
        if (Array.Find(merged, refusal => refusal is not null) is { } refused)
        {
            _marks.Clear();
            return Outcome.Refuse<BucketStatus>(refused);
        }

        var advanced = await ExecuteAsync(advance, state => state.ToStatus(Bucket));
        if (!advanced.Accepted)
        {
            _marks.Clear();
        }

        return advanced;
    }

    /// <summary>Folds, asks windows that are new to it for their marks, and folds again if one is ahead of the bucket.</summary>
    private async Task<FoldResult> FoldKnowingMarksAsync(ActionBucket bucket, IReadOnlyList<PlacedAction> actions)
    {
        if (_marks.Count > MaxMarks)
        {
            _marks.Clear();
        }

        var folded = BucketFold.Fold(Generation, options.Processors, bucket, actions, _marks);
        WindowKey[] unknown = [.. folded.Partials.Select(partial => partial.Window).Where(window => !_marks.ContainsKey(window))];
        if (unknown.Length == 0)
        {
            return folded;
        }

        var marks = await Task.WhenAll(unknown.Select(window => WindowOf(window).GetMarkAsync(Bucket)));
        for (var i = 0; i < unknown.Length; i++)
        {
            _marks[unknown[i]] = marks[i];
        }

        if (Array.Exists(marks, mark => mark > bucket.Mark))
        {
            metrics.Refolded();
        }

        return BucketFold.Fold(Generation, options.Processors, bucket, actions, _marks);
    }

    private async Task<Refusal?> MergeAsync(Partial partial, ActionOffset last)
    {
        var merged = await WindowOf(partial.Window).HandleAsync(
            new MergePartial($"{Bucket}:{partial.After}-{last}", Bucket, partial.After, last, partial.Content.ToBase64()));
        if (merged.Accepted)
        {
            _marks[partial.Window] = merged.Value;
        }

        return merged.Refusal;
    }

    private IWindowGrain WindowOf(WindowKey window) => GrainFactory.GetGrain<IWindowGrain>(window.ToString());
}

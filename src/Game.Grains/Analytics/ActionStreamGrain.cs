using Game.Contracts.Analytics;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Analytics;

/// <summary>
/// Takes a bucket's stream and hands it to the bucket of every generation that is folded. A delivery that could not be folded into
/// all of them fails, so that it comes again. The plan is asked for with each delivery: one of yesterday would leave a generation out.
/// </summary>
[ImplicitStreamSubscription(ActionStreams.Namespace)]
public sealed partial class ActionStreamGrain(ShardIdentity shard, AnalyticsMetrics metrics, EventSourcingServices services)
    : ShardGrain, IActionStreamGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<PlayerAction>
{
    /// <summary>
    /// Streams in memory number by clock ticks, of which there are more; at a million actions a second a topic does not get there in nine
    /// thousand years.
    /// </summary>
    private const long FirstInMemory = 1L << 58;

    private IAnalyticsGenerationsGrain Generations => GrainFactory.GetGrain<IAnalyticsGenerationsGrain>(shard.Name);

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<PlayerAction>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<PlayerAction>> items)
    {
        var started = services.Clock.GetTimestamp();
        var batch = new PlacedAction[items.Count];
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i] = new PlacedAction(new ActionOffset(items[i].Token.SequenceNumber, items[i].Token.EventIndex), items[i].Item);
        }

        // What it met of streams in memory it has left then: once more is enough.
        if (!await TryFoldAsync(batch) && !await TryFoldAsync(batch))
        {
            throw new InvalidOperationException($"Bucket {Key} is folded in memory and over Kafka at the same time.");
        }

        metrics.Folded(batch.Length, services.Clock.GetElapsedTime(started));
    }

    public Task OnErrorAsync(Exception ex)
    {
        metrics.Skipped();
        LogSkipped(services.Logger, Key, ex);
        return Task.CompletedTask;
    }

    public async Task<BucketStatus> GetStatusAsync() => await BucketOf((await Generations.GetPlanAsync()).Shown).GetStatusAsync();

    /// <returns>
    /// False: a generation has offsets of streams in memory, and passes over those of Kafka as if it had them. Another one has begun.
    /// </returns>
    private async Task<bool> TryFoldAsync(PlacedAction[] batch)
    {
        var plan = await Generations.GetPlanAsync();
        var marks = await Task.WhenAll([
            .. plan.Live.Select(generation => FoldAsync(generation, batch)),
            .. plan.Joining is { } joining ? [FoldBehindAsync(joining, batch)] : Array.Empty<Task<ActionOffset>>(),
        ]);
        if (IsInMemory(batch[0].Offset) || !Array.Exists(marks, IsInMemory))
        {
            return true;
        }

        var left = await Generations.HandleAsync(new LeaveMemory($"leave-memory/{plan.Shown}", plan.Shown));
        return left.Refusal is { } refusal
            ? throw new InvalidOperationException($"Bucket {Key} did not leave memory: {refusal.Code}.")
            : false;
    }

    /// <returns>The bucket's mark.</returns>
    private async Task<ActionOffset> FoldAsync(int generation, PlacedAction[] batch)
    {
        var folded = await BucketOf(generation).FoldAsync(batch);
        return folded.Accepted
            ? folded.Value.Mark
            : throw new InvalidOperationException($"Bucket {Key} did not fold: {folded.Refusal?.Code}.");
    }

    /// <summary>Once what comes before is folded: a bucket passes over what lies before the last that it has.</summary>
    private async Task<ActionOffset> FoldBehindAsync(int generation, PlacedAction[] batch)
    {
        var recompute = GrainFactory.GetGrain<IRecomputeGrain>(shard.Name);
        return await recompute.ReachAsync(generation, Key, batch[0].Offset.Sequence)
            ? await FoldAsync(generation, batch)
            : ActionOffset.Start;
    }

    /// <summary>Whether it numbers a stream in memory, and has nothing to do with an offset of Kafka.</summary>
    private static bool IsInMemory(ActionOffset offset) => offset.Sequence >= FirstInMemory;

    private IActionBucketGrain BucketOf(int generation) =>
        GrainFactory.GetGrain<IActionBucketGrain>(BucketKey.Of(generation, Key));

    [LoggerMessage(Level = LogLevel.Error, Message = "Bucket {Bucket}: the stream gave up a delivery.")]
    private static partial void LogSkipped(ILogger logger, string bucket, Exception exception);
}

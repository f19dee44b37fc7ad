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
    : Grain, IActionStreamGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<PlayerAction>
{
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

        var plan = await Generations.GetPlanAsync();
        await Task.WhenAll([
            .. plan.Live.Select(generation => FoldAsync(generation, batch)),
            .. plan.Joining is { } joining ? [FoldBehindAsync(joining, batch)] : Array.Empty<Task>(),
        ]);
        metrics.Folded(batch.Length, services.Clock.GetElapsedTime(started));
    }

    public Task OnErrorAsync(Exception ex)
    {
        metrics.Skipped();
        LogSkipped(services.Logger, this.GetPrimaryKeyString(), ex);
        return Task.CompletedTask;
    }

    public async Task<BucketStatus> GetStatusAsync() => await BucketOf((await Generations.GetPlanAsync()).Shown).GetStatusAsync();

    private async Task FoldAsync(int generation, PlacedAction[] batch)
    {
        var folded = await BucketOf(generation).FoldAsync(batch);
        if (folded.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"Bucket {this.GetPrimaryKeyString()} did not fold: {refusal.Code}.");
        }
    }

    /// <summary>Once what comes before is folded: a bucket passes over what lies before the last that it has.</summary>
    private async Task FoldBehindAsync(int generation, PlacedAction[] batch)
    {
        var recompute = GrainFactory.GetGrain<IRecomputeGrain>(shard.Name);
        if (await recompute.ReachAsync(generation, this.GetPrimaryKeyString(), batch[0].Offset.Sequence))
        {
            await FoldAsync(generation, batch);
        }
    }

    private IActionBucketGrain BucketOf(int generation) =>
        GrainFactory.GetGrain<IActionBucketGrain>(BucketKey.Of(generation, this.GetPrimaryKeyString()));

    [LoggerMessage(Level = LogLevel.Error, Message = "Bucket {Bucket}: the stream gave up a delivery.")]
    private static partial void LogSkipped(ILogger logger, string bucket, Exception exception);
}

using Game.Contracts.Analytics;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Analytics;

/// <summary>
/// Takes a bucket's stream and hands it to the bucket of the running generation. A delivery that could not be folded fails, so
/// that it comes again.
/// </summary>
[ImplicitStreamSubscription(ActionStreams.Namespace)]
public sealed partial class ActionStreamGrain(AnalyticsOptions options, AnalyticsMetrics metrics, EventSourcingServices services)
    : Grain, IActionStreamGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<PlayerAction>
{
    private IActionBucketGrain Bucket =>
        GrainFactory.GetGrain<IActionBucketGrain>(BucketKey.Of(options.Generation, this.GetPrimaryKeyString()));

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<PlayerAction>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<PlayerAction>> items)
    {
        var started = services.Clock.GetTimestamp();
        var batch = new PlacedAction[items.Count];
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i] = new PlacedAction(new ActionOffset(items[i].Token.SequenceNumber, items[i].Token.EventIndex), items[i].Item);
        }

        var folded = await Bucket.FoldAsync(batch);
        if (folded.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"Bucket {this.GetPrimaryKeyString()} did not fold: {refusal.Code}.");
        }

        metrics.Folded(batch.Length, services.Clock.GetElapsedTime(started));
    }

    public Task OnErrorAsync(Exception ex)
    {
        metrics.Skipped();
        LogSkipped(services.Logger, this.GetPrimaryKeyString(), ex);
        return Task.CompletedTask;
    }

    public Task<BucketStatus> GetStatusAsync() => Bucket.GetStatusAsync();

    [LoggerMessage(Level = LogLevel.Error, Message = "Bucket {Bucket}: the stream gave up a delivery.")]
    private static partial void LogSkipped(ILogger logger, string bucket, Exception exception);
}

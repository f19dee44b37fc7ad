using Game.Contracts.Analytics;

namespace Game.Grains.Analytics;

/// <summary>
/// Sends actions to the intake grains of their buckets, which batch them onto the stream. Bounded by the number of actions
/// whose call is under way. Safe for concurrent use.
/// </summary>
/// <param name="maxUnderWay">Most actions whose call is under way.</param>
public sealed class StreamActionSink(
    IGrainFactory grains, AnalyticsMetrics metrics, int maxUnderWay = StreamActionSink.MaxUnderWay) : IPlayerActionSink
{
    public const int MaxUnderWay = 10_000;

    private int _underWay;

    public bool TryWrite(PlayerAction action)
    {
        if (Interlocked.Increment(ref _underWay) > maxUnderWay)
        {
            Interlocked.Decrement(ref _underWay);
            metrics.Dropped("full");
            return false;
        }

        _ = SendAsync(action);
        return true;
    }

    public Task WriteAsync(PlayerAction action) => IntakeOf(action).TakeAsync([action]);

    private async Task SendAsync(PlayerAction action)
    {
        try
        {
            await IntakeOf(action).TakeAsync([action]);
        }
        catch (Exception)
        {
            // Nobody waits for it, and whoever plays must not be disturbed: the counter tells.
            metrics.Dropped("failed");
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private IActionIntakeGrain IntakeOf(PlayerAction action) =>
        grains.GetGrain<IActionIntakeGrain>(ActionStreams.BucketOf(action.Player));
}

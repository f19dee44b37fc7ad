namespace Game.Gateway.Http;

/// <summary>
/// Repeats what failed because a silo went away: its grains live on another one in a moment. Only for reads, and for writes
/// under a key, of which the shard stores one.
/// </summary>
internal static class GrainRetry
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <exception cref="OrleansException">It still fails after five seconds.</exception>
    public static async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> call, TimeProvider clock, CancellationToken cancellationToken)
    {
        long? firstFailure = null;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (IsTransient(exception, cancellationToken)
                && (firstFailure is null || clock.GetElapsedTime(firstFailure.Value) < Patience))
            {
                // Counted from the failure: the call itself may have waited long for a silo that is dead.
                firstFailure ??= clock.GetTimestamp();
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    /// <summary>Whether a grain that was asked for something of the gateway's own did not answer: its silo or its shard is away.</summary>
    public static bool IsUnanswered(Exception exception) =>
        exception is TimeoutException || IsTransient(exception, CancellationToken.None);

    /// <summary>Orleans also cancels calls that it was still finding a silo for.</summary>
    private static bool IsTransient(Exception exception, CancellationToken cancellationToken) =>
        exception is OrleansException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}

using Microsoft.Extensions.Logging;

namespace Game.EventStore.Postgres;

/// <summary>Waits, at a start, for what others have to do first: the server to answer, the database to be made and migrated.</summary>
/// <param name="shard">The shard whose database it is, for the log.</param>
/// <param name="patience">How long; zero: not at all. It counts from the first attempt in vain, over all uses of this object.</param>
/// <param name="clock">Measures the time.</param>
/// <param name="logger">Told of every attempt in vain.</param>
public sealed partial class PostgresPatience(string shard, TimeSpan patience, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private long? _failed;

    private TimeSpan Left => patience - clock.GetElapsedTime(_failed ??= clock.GetTimestamp());

    /// <exception cref="EventStoreException">What waiting does not mend, or what has not mended itself in time.</exception>
    public async Task<T> TryAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (EventStoreException exception) when (PostgresErrors.MayPass(exception) && Left > TimeSpan.Zero)
            {
                LogWaiting(logger, shard, exception.Message, Left.TotalSeconds);
                await Task.Delay(RetryDelay, clock, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard} waits for its store: {Reason} Giving up in {Seconds:F0} s.")]
    private static partial void LogWaiting(ILogger logger, string shard, string reason, double seconds);
}

namespace Game.Grains.LogPumps;

/// <summary>
/// Bounds how often a reader of a log is woken: it reads on by itself, and looks again a second after a hint, so that one stands for
/// what is appended just behind it. Safe for concurrent use.
/// </summary>
/// <param name="clock">The silo's clock.</param>
/// <param name="between">At most a second.</param>
internal sealed class HintPace(TimeProvider clock, TimeSpan between)
{
    private long _last = clock.GetTimestamp() - (long)(between.TotalSeconds * clock.TimestampFrequency);

    /// <returns>Whether it is time for the next hint; then it is taken for given.</returns>
    public bool TryTake()
    {
        var last = Volatile.Read(ref _last);
        return clock.GetElapsedTime(last) >= between && Interlocked.CompareExchange(ref _last, clock.GetTimestamp(), last) == last;
    }
}

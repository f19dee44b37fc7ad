using System.Diagnostics;

namespace Game.LocalServers;

/// <summary>
/// How long this process was held up since this was made, measured by a timer's lateness: so that a limit of time can be asked of the code
/// and not of the machine. Safe for concurrent use.
/// </summary>
public sealed class Stalls : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private long _ticked = Stopwatch.GetTimestamp();
    private TimeSpan _sum;
    private TimeSpan _greatest;

    public Stalls() => _timer = new Timer(_ => Tick(), null, Interval, Interval);

    /// <summary>All together, with the one of this moment: who asks may run before the tick that is due.</summary>
    public TimeSpan Sum
    {
        get
        {
            lock (_lock)
            {
                return _sum + Late();
            }
        }
    }

    /// <summary>The longest one, that of this moment included.</summary>
    public TimeSpan Greatest
    {
        get
        {
            lock (_lock)
            {
                return Max(_greatest, Late());
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private TimeSpan Late() => Max(TimeSpan.Zero, Stopwatch.GetElapsedTime(_ticked) - Interval);

    private void Tick()
    {
        lock (_lock)
        {
            var late = Late();
            _sum += late;
            _greatest = Max(_greatest, late);
            _ticked = Stopwatch.GetTimestamp();
        }
    }
}

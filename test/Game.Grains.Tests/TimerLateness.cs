using System.Diagnostics;

namespace Game.Grains.Tests;

/// <summary>
/// How late a timer of this process has fired at worst since this was made. Silos are in the test's process: what they do at an instant can
/// be no more punctual than that.
/// </summary>
internal sealed class TimerLateness : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private long _ticked = Stopwatch.GetTimestamp();
    private TimeSpan _greatest;

    public TimerLateness() => _timer = new Timer(_ => Tick(), null, Interval, Interval);

    public TimeSpan Greatest
    {
        get
        {
            lock (_lock)
            {
                // The tick that is due counts: who asks may run before it does.
                return Max(_greatest, Stopwatch.GetElapsedTime(_ticked) - Interval);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void Tick()
    {
        lock (_lock)
        {
            _greatest = Max(_greatest, Stopwatch.GetElapsedTime(_ticked) - Interval);
            _ticked = Stopwatch.GetTimestamp();
        }
    }
}

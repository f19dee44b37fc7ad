namespace Game.Gateway.Sessions;

/// <summary>
/// Lets frames that replace each other (a war's scoreboard, a boss's pool) through at a pace clients can use: the first at
/// once, then one an interval and key, the newest. What is held back when nothing newer comes is let through when the
/// interval is over, so the last is always seen. All other frames pass at once, and what was told before them goes first.
/// Safe for concurrent use; frames are let through one after the other.
/// </summary>
/// <param name="interval">Between frames of a key; zero holds nothing back.</param>
/// <param name="clock">Measures the interval.</param>
/// <param name="pass">Takes what is let through; must return at once.</param>
internal sealed class PushPace(TimeSpan interval, TimeProvider clock, Action<FeedFrame> pass)
{
    private readonly Lock _lock = new();

    // Keys of which a frame went through less than an interval ago.
    private readonly Dictionary<string, Interval> _running = new(StringComparer.Ordinal);

    public void Push(FeedFrame frame)
    {
        lock (_lock)
        {
            if (frame.Replaces is not { } key || interval == TimeSpan.Zero)
            {
                PassHeld();
                pass(frame);
            }
            else if (_running.TryGetValue(key, out var running))
            {
                running.Hold(frame);
            }
            else
            {
                pass(frame);
                Begin(key, frame.Revision);
            }
        }
    }

    private void PassHeld()
    {
        foreach (var running in _running.Values)
        {
            if (running.TakeHeld() is { } held)
            {
                pass(held);
            }
        }
    }

    private void Begin(string key, long revision)
    {
        var running = new Interval(revision);
        _running.Add(key, running);
        running.Timer = clock.CreateTimer(_ => End(key, running), null, interval, Timeout.InfiniteTimeSpan);
    }

    private void End(string key, Interval running)
    {
        lock (_lock)
        {
            running.Timer!.Dispose();
            _running.Remove(key);
            if (running.TakeHeld() is { } held)
            {
                pass(held);
                Begin(key, held.Revision);
            }
        }
    }

    /// <param name="revision">Of the frame that went through at its beginning.</param>
    private sealed class Interval(long revision)
    {
        private long _newest = revision;
        private FeedFrame? _held;

        public ITimer? Timer { get; set; }

        /// <summary>No effect if a newer state was told before: the order of what is told to feeds is not promised.</summary>
        public void Hold(FeedFrame frame)
        {
            if (frame.Revision >= _newest)
            {
                _newest = frame.Revision;
                _held = frame;
            }
        }

        public FeedFrame? TakeHeld()
        {
            var held = _held;
            _held = null;
            return held;
        }
    }
}

namespace Game.Simulator;

/// <summary>The clock of a simulation: it stands still while anything can run and then jumps to the next timer.</summary>
internal sealed class VirtualTimeProvider(SimulationScheduler simulation, DateTimeOffset startAt) : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> _timers = new();
    private long _elapsed;
    private long _order;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public int TimerCount => _timers.UnorderedItems.Count(entry => entry.Element.Timer.IsCurrent(entry.Element.Version));

    public override DateTimeOffset GetUtcNow() => startAt.AddTicks(_elapsed);

    public override long GetTimestamp() => _elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Jumps to the next timer, or to <paramref name="until"/> if that is sooner.</summary>
    /// <returns>Whether timers have become due.</returns>
    public bool TryAdvance(DateTimeOffset until)
    {
        while (_timers.TryPeek(out var next, out var at))
        {
            if (!next.Timer.IsCurrent(next.Version))
            {
                _timers.Dequeue();
                continue;
            }

            if (startAt.AddTicks(at.Due) > until)
            {
                break;
            }

            _elapsed = Math.Max(_elapsed, at.Due);
            FireDue();
            return true;
        }

        _elapsed = Math.Max(_elapsed, (until - startAt).Ticks);
        return false;
    }

    private void FireDue()
    {
        while (_timers.TryPeek(out var next, out var at) && at.Due <= _elapsed)
        {
            _timers.Dequeue();
            if (next.Timer.IsCurrent(next.Version))
            {
                next.Timer.Fire(simulation);
            }
        }
    }

    private void Add(VirtualTimer timer, int version, TimeSpan wait) =>
        _timers.Enqueue((timer, version), (_elapsed + wait.Ticks, _order++));

    private sealed class VirtualTimer(VirtualTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private int _version;
        private bool _isDisposed;

        public bool IsCurrent(int version) => version == _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed)
            {
                return false;
            }

            _period = period;
            _version++;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                time.Add(this, _version, dueTime);
            }

            return true;
        }

        public void Fire(SimulationScheduler simulation)
        {
            if (_period != Timeout.InfiniteTimeSpan && _period > TimeSpan.Zero)
            {
                time.Add(this, _version, _period);
            }
            else
            {
                _version++;
            }

            var version = _version;
            simulation.ScheduleCallback(
                _ =>
                {
                    // Stopped or changed after it became due and before its turn came.
                    if (IsCurrent(version))
                    {
                        callback(state);
                    }
                },
                null);
        }

        public void Dispose()
        {
            _isDisposed = true;
            _version++;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

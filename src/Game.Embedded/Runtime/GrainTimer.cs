namespace Game.Embedded;

/// <summary>A timer whose ticks are requests of its activation. <see cref="Change"/> and disposal are for the activation's turns.</summary>
internal abstract class GrainTimer : IGrainTimer
{
    // The longest due time that every time provider takes.
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Activation _activation;
    private readonly GrainTimerCreationOptions _options;
    private readonly ITimer _timer;
    private TimeSpan _dueTime = Timeout.InfiniteTimeSpan;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private int _isTicking;
    private bool _isChanged;
    private bool _isDisposed;

    private protected GrainTimer(Activation activation, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _options = options;
        Check(options.DueTime, options.Period);
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            _timer = activation.Silo.TimeProvider.CreateTimer(
                static timer => ((GrainTimer)timer!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, period);
        _dueTime = dueTime;
        _period = period;
        _isChanged = true;
        if (Volatile.Read(ref _isTicking) == 0 && !_isDisposed)
        {
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _timer.Dispose();
        _activation.Extras.Timers.Remove(this);
        try
        {
            Cancel();
        }
        catch (AggregateException exception)
        {
            _activation.Silo.Diagnostics.TimerFailed(_activation, exception);
        }
    }

    private protected abstract Task InvokeCallbackAsync();

    private protected abstract void Cancel();

    private async Task TickAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isChanged = false;
        try
        {
            await InvokeCallbackAsync();
        }
        catch (Exception exception)
        {
            _activation.Silo.Diagnostics.TimerFailed(_activation, exception);
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
            if (!_isDisposed)
            {
                _timer.Change(_isChanged ? _dueTime : _period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static void Check(TimeSpan dueTime, TimeSpan period)
    {
        CheckOne(dueTime, nameof(dueTime));
        CheckOne(period, nameof(period));
    }

    private static void CheckOne(TimeSpan time, string name)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, MaxTime, name);
        }
    }

    private void OnDue()
    {
        // A change that raced with this tick may make the timer due again; ticks do not overlap.
        if (Interlocked.Exchange(ref _isTicking, 1) == 0)
        {
            _activation.Post(new Tick(this));
        }
    }

    /// <summary>A tick waits its turn like a request, and ends with the activation.</summary>
    private sealed class Tick : TaskRequest
    {
        private static readonly RequestMethod Waiting = RequestMethod.Internal(nameof(IGrainTimer), nameof(Tick), isOneWay: true);
        private static readonly RequestMethod Interleaving =
            RequestMethod.Internal(nameof(IGrainTimer), nameof(Tick), isOneWay: true, alwaysInterleaves: true);

        private readonly GrainTimer _timer;

        public Tick(GrainTimer timer)
        {
            _timer = timer;
            Method = timer._options.Interleave ? Interleaving : Waiting;
            Target = timer._activation;
        }

        internal override bool IsLocal => true;

        internal override bool KeepsAlive => _timer._options.KeepAlive;

        protected override Task Call(object target) => _timer.TickAsync();
    }
}

/// <inheritdoc/>
internal sealed class GrainTimer<TState>(
    Activation activation, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    : GrainTimer(activation, options)
{
    private readonly CancellationTokenSource _cancellation = new();

    private protected override Task InvokeCallbackAsync() => callback(state, _cancellation.Token);

    private protected override void Cancel() => _cancellation.Cancel();
}

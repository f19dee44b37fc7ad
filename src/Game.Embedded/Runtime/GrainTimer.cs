namespace Game.Embedded;

/// <summary>A timer whose ticks are requests of its activation. <see cref="Change"/> and disposal are for the activation's turns.</summary>
internal abstract class GrainTimer : TaskRequest, IGrainTimer
{
    private static readonly RequestMethod Tick = RequestMethod.Internal(nameof(IGrainTimer), nameof(Tick), isOneWay: true);
    private static readonly RequestMethod InterleavingTick =
        RequestMethod.Internal(nameof(IGrainTimer), nameof(Tick), isOneWay: true, alwaysInterleaves: true);

    // The longest due time that every time provider takes.
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Activation _activation;
    private readonly bool _keepAlive;
    private readonly ITimer _timer;
    private TimeSpan _dueTime = Timeout.InfiniteTimeSpan;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private int _isTicking;
    private bool _isChanged;
    private bool _isDisposed;

    private protected GrainTimer(Activation activation, GrainTimerCreationOptions options)
    {
        Method = options.Interleave ? InterleavingTick : Tick;
        Target = activation;
        _activation = activation;
        _keepAlive = options.KeepAlive;
        Check(options.DueTime, options.Period);
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            _timer = activation.Silo.TimeProvider.CreateTimer(
                static timer => ((GrainTimer)timer!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    internal sealed override bool IsLocal => true;

    internal sealed override bool KeepsAlive => _keepAlive;

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

    protected sealed override async Task Call(object target)
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

    private protected abstract Task InvokeCallbackAsync();

    private protected abstract void Cancel();

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
        // A change that raced with this tick may make the timer due again: one object is in one queue only once.
        if (Interlocked.Exchange(ref _isTicking, 1) == 0)
        {
            _activation.Post(this);
        }
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

using Orleans.CodeGeneration;

namespace Game.Simulator;

/// <summary>
/// A grain's timer. A tick is a request among the grain's others; the period begins when the tick has ended, and a change during a
/// tick counts from its end.
/// </summary>
internal sealed class SimulatedTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly InvokeMethodOptions _options;
    private readonly bool _keepAlive;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _changed;
    private bool _ticking;

    public SimulatedTimer(Activation activation, Func<CancellationToken, Task> callback, bool interleave, bool keepAlive)
    {
        _activation = activation;
        _callback = callback;
        _options = InvokeMethodOptions.OneWay | (interleave ? InvokeMethodOptions.AlwaysInterleave : InvokeMethodOptions.None);
        _keepAlive = keepAlive;
        _timer = activation.Silo.Clock.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        activation.Add(this);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
        _changed = true;
        _dueTime = dueTime;
        _period = period;
        if (!_ticking)
        {
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        Stop();
        _stopping.Cancel();
        _activation.Remove(this);
    }

    /// <summary>No tick comes any more; the one that runs is not told.</summary>
    public void Stop() => _timer.Dispose();

    private void Tick()
    {
        _ticking = true;
        _activation.ReceiveMessage(new Call(_activation.GrainId, new InternalRequest("timer tick", _ => RunAsync()), _options)
        {
            IsLocalOnly = true,
            KeepsAlive = _keepAlive,
        });
    }

    private async Task RunAsync()
    {
        _changed = false;
        try
        {
            await _callback(_stopping.Token);
        }
        catch (Exception exception)
        {
            // As in Orleans: it is logged, and the next tick comes.
            _activation.Silo.OnTrouble($"A timer of {_activation.GrainId} failed: {exception.Message}");
        }
        finally
        {
            _ticking = false;
            if (!_stopping.IsCancellationRequested)
            {
                _timer.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
            }
        }
    }
}

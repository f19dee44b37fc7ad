namespace Game.Simulator;

/// <summary>
/// Lets calls fail that are not answered in time. Almost all have the same time, so they run out in the order they were made.
/// </summary>
internal sealed class ResponseTimeouts
{
    private readonly Queue<(DateTimeOffset Due, Call Call)> _open = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan _limit;
    private readonly ITimer _timer;
    private bool _armed;

    public ResponseTimeouts(TimeProvider clock, TimeSpan limit)
    {
        _clock = clock;
        _limit = limit;
        _timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Watch(Call call)
    {
        if (call.Request.GetDefaultResponseTimeout() is { } own)
        {
            _ = WatchAsync(call, own);
            return;
        }

        _open.Enqueue((_clock.GetUtcNow() + _limit, call));
        if (!_armed)
        {
            Arm(_limit);
        }
    }

    public void Stop()
    {
        _open.Clear();
        _timer.Dispose();
    }

    private void Look()
    {
        _armed = false;
        var now = _clock.GetUtcNow();
        while (_open.TryPeek(out var next))
        {
            if (!next.Call.IsDone && next.Due > now)
            {
                Arm(next.Due - now);
                return;
            }

            _open.Dequeue();
            Fail(next.Call, _limit);
        }
    }

    private async Task WatchAsync(Call call, TimeSpan limit)
    {
        await Task.Delay(limit, _clock);
        Fail(call, limit);
    }

    private static void Fail(Call call, TimeSpan limit)
    {
        if (!call.IsDone)
        {
            call.Fail(new TimeoutException($"Response did not arrive on time in {limit} for {call.Request} to {call.Target}."));
        }
    }

    private void Arm(TimeSpan wait)
    {
        _armed = true;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}

using System.Text;

namespace Game.Embedded;

/// <summary>
/// Ends the wait of callers whose response takes too long. Sweeps the requests in flight every tenth of the shortest
/// time-out, at most every second, and only while there are any.
/// </summary>
internal sealed class ResponseTimeouts
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(5);

    private readonly EmbeddedSilo _silo;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;
    private int _isArmed;
    private volatile SiloUnavailableException? _stopped;

    public ResponseTimeouts(EmbeddedSilo silo)
    {
        _silo = silo;
        var shortest = silo.GrainClasses
            .SelectMany(grainClass => grainClass.GrainInterfaces)
            .Distinct()
            .SelectMany(type => ProxyFactory.Get(type).Methods)
            .Select(method => method.ResponseTimeout ?? silo.Options.ResponseTimeout)
            .Append(silo.Options.ResponseTimeout)
            .Min();
        _interval = TimeSpan.FromTicks(Math.Clamp(shortest.Ticks / 10, ShortestInterval.Ticks, LongestInterval.Ticks));
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            _timer = silo.TimeProvider.CreateTimer(
                static self => ((ResponseTimeouts)self!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Add(Request request)
    {
        _silo.InFlight.Add(request);
        if (_stopped is { } reason)
        {
            request.TryFail(reason);
            return;
        }

        if (Volatile.Read(ref _isArmed) == 0)
        {
            Arm();
        }
    }

    /// <summary>Fails everything in flight.</summary>
    public void Stop(SiloUnavailableException reason)
    {
        _stopped = reason;
        _timer.Dispose();
        foreach (var (request, _) in _silo.InFlight.Sweep())
        {
            _silo.Scheduler.Schedule(new Failure(request, reason));
        }
    }

    private void Arm()
    {
        if (Interlocked.Exchange(ref _isArmed, 1) == 0 && _stopped is null)
        {
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Sweep()
    {
        if (_stopped is not null)
        {
            return;
        }

        var any = false;
        foreach (var (request, age) in _silo.InFlight.Sweep())
        {
            any = true;
            var timeout = request.Method.ResponseTimeout ?? _silo.Options.ResponseTimeout;

            // The first of the sweeps came at some time within the first interval, so it proves nothing.
            if ((age - 1) * _interval >= timeout)
            {
                _silo.Scheduler.Schedule(new Expiry(request, timeout));
            }
        }

        // Whoever adds from here on finds the timer not armed; who added before is found by the look after that.
        Interlocked.Exchange(ref _isArmed, 0);
        if (any || !_silo.InFlight.IsEmpty())
        {
            Arm();
        }
    }

    private static string Describe(Request request, TimeSpan timeout)
    {
        var chain = new List<string>();
        for (var link = (object?)request; link is not null && chain.Count < 32;)
        {
            switch (link)
            {
                case Request caller:
                    chain.Add($"{caller.Target!.TargetName} {caller.Method}");
                    link = caller.Caller;
                    break;
                case RequestQueue queue:
                    chain.Add(queue.TargetName);
                    link = null;
                    break;
                default:
                    link = null;
                    break;
            }
        }

        chain.Reverse();
        var target = request.Target!;
        var message = new StringBuilder()
            .Append(null, $"No response from {target.TargetName} to {request.Method} within {timeout}. ")
            .Append(null, $"Call chain: {string.Join(" -> ", chain)}. ");
        var current = target.CurrentRequest;
        return (ReferenceEquals(current, request) ? message.Append("The request is running.")
            : current is null ? message.Append("The request is waiting or running with others.")
            : message.Append(null, $"The target is busy with {current.Method}.")).ToString();
    }

    private sealed class Expiry(Request request, TimeSpan timeout) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            if (request.IsCompleted)
            {
                return;
            }

            var message = Describe(request, timeout);
            if (request.TryFail(new TimeoutException(message)))
            {
                request.Target!.Silo.Diagnostics.TimedOut(request, message);
            }
        }
    }

    private sealed class Failure(Request request, SiloUnavailableException reason) : IThreadPoolWorkItem
    {
        public void Execute() => request.TryFail(reason);
    }
}

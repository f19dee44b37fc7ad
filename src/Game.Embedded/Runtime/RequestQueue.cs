namespace Game.Embedded;

/// <summary>
/// Admits requests to a target: one at a time unless they may interleave. All members but <see cref="TurnQueue.Post(WorkItem)"/>
/// are called in the queue's turns.
/// </summary>
internal abstract class RequestQueue : TurnQueue
{
    private Request? _firstWaiting;
    private Request? _lastWaiting;
    private Request? _current;
    private int _waitingOutOfOrder;
    private int _running;
    private int _runningExclusive;
    private int _runningReadOnly;

    private protected RequestQueue(EmbeddedSilo silo)
        : base(silo)
    {
    }

    /// <summary>Name of the target in messages to people.</summary>
    internal abstract string TargetName { get; }

    /// <summary>
    /// The request that is known to be running: what calls made now are attributed to. Null when there is none or several
    /// run interleaved. May be read by other threads for diagnosis.
    /// </summary>
    internal Request? CurrentRequest => _running == 1 ? _current : null;

    internal bool IsIdle => _running == 0 && _firstWaiting is null;

    private protected bool HasRunning => _running > 0;

    /// <summary>Whether requests may start at all; if not they wait.</summary>
    private protected abstract bool IsOpen { get; }

    private protected abstract bool IsReentrant { get; }

    private protected abstract ReentrantSections? Sections { get; }

    /// <summary>A request arrives.</summary>
    internal void Accept(Request request)
    {
        if (!TryAdmit(request))
        {
            return;
        }

        if (!IsOpen || !MayStart(request))
        {
            Enqueue(request);
        }
        else if (Start(request))
        {
            AfterEnd();
        }
    }

    /// <summary>A request whose method returned an incomplete task has now completed.</summary>
    internal void OnAsynchronousEnd(Request request)
    {
        End(request);
        AfterEnd();
    }

    /// <summary>Looks at a request before anything else does; false if it has been dealt with.</summary>
    private protected abstract bool TryAdmit(Request request);

    private protected abstract void OnStart(Request request);

    /// <summary>A request that had been given to this queue has ended, was no longer wanted or has gone elsewhere.</summary>
    private protected abstract void OnLeft(Request request);

    /// <summary>Nothing is running and nothing waits that could start.</summary>
    private protected abstract void OnIdle();

    /// <summary>The object whose method to call, or null if it is gone and the request has been dealt with.</summary>
    private protected abstract object? GetInstance(Request request);

    /// <summary>The filters the request goes through; null, the usual case, for none.</summary>
    private protected abstract IIncomingGrainCallFilter[]? GetFilters(Request request);

    /// <summary>Starts what waits and may start now.</summary>
    private protected void StartWaiting()
    {
        Request? previous = null;
        var request = _firstWaiting;
        while (request is not null && IsOpen)
        {
            if (!request.IsCompleted && !MayStart(request))
            {
                if (_waitingOutOfOrder == 0)
                {
                    return;
                }

                previous = request;
                request = (Request?)request.Next;
                continue;
            }

            Unlink(request, previous);
            Start(request);

            // A start may have let others pass or blocked them, so the scan begins anew; it is short unless requests that
            // may overtake are waiting.
            previous = null;
            request = _firstWaiting;
        }
    }

    /// <summary>All waiting requests, linked through <see cref="WorkItem.Next"/>, which no longer wait here.</summary>
    private protected Request? TakeWaiting()
    {
        var first = _firstWaiting;
        _firstWaiting = _lastWaiting = null;
        _waitingOutOfOrder = 0;
        return first;
    }

    private protected void Enqueue(Request request)
    {
        if (_lastWaiting is null)
        {
            _firstWaiting = request;
        }
        else
        {
            _lastWaiting.Next = request;
        }

        _lastWaiting = request;
        if (MayOvertake(request))
        {
            _waitingOutOfOrder++;
        }
    }

    private bool MayOvertake(Request request) =>
        IsReentrant
        || request.Method.AlwaysInterleaves
        || request.Method.IsReadOnly
        || request.Context?.ContainsKey(RequestContext.ReentrancyKey) == true;

    private bool MayStart(Request request) =>
        _runningExclusive == 0
        || request.Method.AlwaysInterleaves
        || IsReentrant
        || (request.Method.IsReadOnly && _runningReadOnly == _runningExclusive)
        || request.MayReenter(Sections);

    /// <returns>Whether it has ended already.</returns>
    private bool Start(Request request)
    {
        var instance = request.IsCompleted ? null : GetInstance(request);
        if (instance is null)
        {
            OnLeft(request);
            return true;
        }

        _running++;
        _current = request;
        if (!request.Method.AlwaysInterleaves)
        {
            _runningExclusive++;
            if (request.Method.IsReadOnly)
            {
                _runningReadOnly++;
            }
        }

        OnStart(request);
        CleanContext.Enter();
        if (request.Context is { } context)
        {
            RequestContext.Values = context;
        }

        var filters = GetFilters(request);
        var ended = filters is null ? request.Invoke(this, instance) : CallFilterChain.Start(this, request, instance, filters);
        if (ended)
        {
            End(request);
        }

        return ended;
    }

    private void End(Request request)
    {
        _running--;
        if (!request.Method.AlwaysInterleaves)
        {
            _runningExclusive--;
            if (request.Method.IsReadOnly)
            {
                _runningReadOnly--;
            }
        }

        if (ReferenceEquals(_current, request))
        {
            _current = null;
        }

        request.ForgetCaller();
        OnLeft(request);
    }

    private void AfterEnd()
    {
        if (_firstWaiting is not null)
        {
            StartWaiting();
        }

        if (_running == 0)
        {
            OnIdle();
        }
    }

    private void Unlink(Request request, Request? previous)
    {
        var next = (Request?)request.Next;
        if (previous is null)
        {
            _firstWaiting = next;
        }
        else
        {
            previous.Next = next;
        }

        if (ReferenceEquals(_lastWaiting, request))
        {
            _lastWaiting = previous;
        }

        request.Next = null;
        if (MayOvertake(request))
        {
            _waitingOutOfOrder--;
        }
    }
}

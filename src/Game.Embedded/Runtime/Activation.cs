namespace Game.Embedded;

/// <summary>
/// One activation of a grain: its turns, its requests and its life. Kept small, because there are many: what few need is in
/// <see cref="ActivationExtras"/>.
/// </summary>
internal class Activation : RequestQueue, IActivationRuntime
{
    private Grain? _instance;
    private ActivationExtras? _extras;
    private volatile ActivationState _state;
    private volatile bool _drains;
    private int _lastUsed;

    public Activation(GrainClass grainClass, string key)
        : base(grainClass.Silo)
    {
        Class = grainClass;
        Key = key;
        _lastUsed = grainClass.Silo.CollectionRound;
    }

    public GrainClass Class { get; }

    public string Key { get; }

    public GrainId GrainId => new(Class.Name, Key);

    public object? GrainInstance => _instance;

    public IServiceProvider ActivationServices => Silo.Services;

    public IGrainFactory GrainFactory => Silo.GrainFactory;

    public IReminderRegistry Reminders => Silo.Reminders;

    public Task Deactivated => Extras.Deactivated.Task;

    /// <summary>Whether requests sent here would only be passed on.</summary>
    public bool IsGone => _state == ActivationState.Gone;

    internal override string TargetName => $"{Class.Name}/{Key}";

    internal ActivationExtras Extras =>
        Volatile.Read(ref _extras) ?? Interlocked.CompareExchange(ref _extras, new ActivationExtras(), null) ?? _extras;

    private protected override bool IsOpen => _state == ActivationState.Active;

    private protected override bool IsReentrant => Class.IsReentrant;

    private protected override ReentrantSections? Sections => _extras?.Sections;

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (ReferenceEquals(TaskScheduler.Current, this))
        {
            BeginDeactivation(deactivationReason, cancellationToken);
        }
        else
        {
            Post(
                static request =>
                {
                    request.Activation.BeginDeactivation(request.Reason, request.Token);
                    request.Activation.DeactivateIfDue();
                },
                (Activation: this, Reason: deactivationReason, Token: cancellationToken));
        }
    }

    public void DelayDeactivation(TimeSpan timeSpan)
    {
        Extras.KeepAliveUntil = timeSpan == Timeout.InfiniteTimeSpan
            ? DateTimeOffset.MaxValue
            : timeSpan <= TimeSpan.Zero ? DateTimeOffset.MinValue : Silo.TimeProvider.GetUtcNow() + timeSpan;
    }

    public IGrainTimer RegisterTimer<TState>(
        Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        if (!ReferenceEquals(TaskScheduler.Current, this))
        {
            throw new InvalidOperationException(
                $"A timer of {TargetName} was registered outside its turns, for example inside Task.Run.");
        }

        var timer = new GrainTimer<TState>(this, callback, state, options);
        Extras.Timers.Add(timer);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public IStreamProvider GetStreamProvider(string name) => Silo.GetStreamProvider(name);

    public object GetReference(Type interfaceType) => Silo.CreateReference(interfaceType, new GrainTarget(Class, Key));

    public void EnterReentrantSection(Guid reentrancyId) => (Extras.Sections ??= new ReentrantSections()).Enter(reentrancyId);

    public void ExitReentrantSection(Guid reentrancyId) => _extras?.Sections?.Exit(reentrancyId);

    /// <summary>Ends the activation as soon as it has been idle; until then it takes what comes. From any thread.</summary>
    internal void Drain()
    {
        EndWhenIdle();
        Post(static activation => activation.DeactivateIfDue(), this);
    }

    /// <summary>The same for an activation that is about to get its first request.</summary>
    internal void EndWhenIdle() => _drains = true;

    /// <summary>Ends the activation if it is still idle for as long as its class allows. From any thread.</summary>
    internal void Collect() => Post(
        static activation =>
        {
            if (activation.IsStale)
            {
                activation.BeginDeactivation(
                    new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"Idle for {activation.Class.CollectionAge}."),
                    CancellationToken.None);
                activation.DeactivateIfDue();
            }
        },
        this);

    /// <summary>Whether the collector should look at the activation. A hint unless asked in a turn.</summary>
    internal bool IsStale =>
        _state == ActivationState.Active
        && IsIdle
        && Class.CollectionAge is { } age
        && (long)(Silo.CollectionRound - _lastUsed - 1) * Silo.Options.CollectionQuantum.Ticks >= age.Ticks
        && (_extras is null || _extras.KeepAliveUntil <= Silo.TimeProvider.GetUtcNow());

    private protected override bool TryAdmit(Request request)
    {
        if (_state == ActivationState.Gone)
        {
            OnLeft(request);
            PassOn(request);
            return false;
        }

        if (request.KeepsAlive)
        {
            _lastUsed = Silo.CollectionRound;
        }

        if (_state == ActivationState.New)
        {
            Enqueue(request);
            Activate(request);
            return false;
        }

        return true;
    }

    private protected override object GetInstance(Request request) => _instance!;

    private protected override IIncomingGrainCallFilter[]? GetFilters(Request request)
    {
        var shared = Silo.Filters;
        if ((shared.Length == 0 && !Class.HasOwnFilter) || request.Method.IsInternal)
        {
            return null;
        }

        return Class.HasOwnFilter ? [.. shared, (IIncomingGrainCallFilter)(object)_instance!] : shared;
    }

    private protected override void OnStart(Request request) => Silo.Diagnostics.RequestStarted(Class);

    private protected override void OnLeft(Request request)
    {
    }

    private protected override void OnIdle() => DeactivateIfDue();

    private void Activate(Request cause)
    {
        _state = ActivationState.Activating;
        CleanContext.Enter();
        RequestContext.Values = cause.Context;
        var activation = ActivateAsync();
        if (!activation.IsCompletedSuccessfully)
        {
            Silo.Diagnostics.Observe(activation);
        }
    }

    private async Task ActivateAsync()
    {
        try
        {
            _instance = Class.CreateInstance();
            if (Class.OverridesActivate)
            {
                using var timeout = new CancellationTokenSource(Silo.Options.ActivationTimeout, Silo.TimeProvider);
                await _instance.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            FailActivation(exception);
            return;
        }

        _state = ActivationState.Active;
        Silo.Diagnostics.Activated(this);
        if (_extras?.Deactivation is null)
        {
            StartWaiting();
        }

        DeactivateIfDue();
    }

    private void FailActivation(Exception exception)
    {
        Silo.Diagnostics.ActivationFailed(this, exception);
        DisposeTimers();
        var request = TakeWaiting();
        Leave();
        while (request is not null)
        {
            var next = (Request?)request.Next;
            request.Next = null;
            OnLeft(request);
            request.TryFail(exception);
            request = next;
        }

        End();
    }

    private void BeginDeactivation(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_state == ActivationState.Gone || Extras.Deactivation is not null)
        {
            return;
        }

        Extras.Deactivation = new PendingDeactivation(reason, cancellationToken);
        if (_state == ActivationState.Active)
        {
            _state = ActivationState.Deactivating;
        }
    }

    private void DeactivateIfDue()
    {
        if (HasRunning)
        {
            return;
        }

        if (_drains && IsIdle && _state == ActivationState.Active)
        {
            BeginDeactivation(
                new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is shutting down."), CancellationToken.None);
        }

        if (_extras?.Deactivation is not { HasStarted: false } deactivation || _state == ActivationState.Activating)
        {
            return;
        }

        deactivation.HasStarted = true;
        var wasActive = _state != ActivationState.New;
        _state = ActivationState.Deactivating;
        CleanContext.Enter();
        var ending = DeactivateAsync(deactivation, wasActive);
        if (!ending.IsCompletedSuccessfully)
        {
            Silo.Diagnostics.Observe(ending);
        }
    }

    private async Task DeactivateAsync(PendingDeactivation deactivation, bool wasActive)
    {
        DisposeTimers();
        if (wasActive)
        {
            await NotifyAsync(deactivation);
        }

        var request = TakeWaiting();
        Leave();
        while (request is not null)
        {
            var next = (Request?)request.Next;
            request.Next = null;
            OnLeft(request);
            PassOn(request);
            request = next;
        }

        End();
        Silo.Diagnostics.Deactivated(this, deactivation.Reason);
    }

    /// <summary>What the grain does on leaving. Its exceptions are its own affair: the activation ends all the same.</summary>
    private async Task NotifyAsync(PendingDeactivation deactivation)
    {
        try
        {
            if (Class.OverridesDeactivate)
            {
                using var timeout = new CancellationTokenSource(Silo.Options.DeactivationTimeout, Silo.TimeProvider);
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, deactivation.Token);
                await _instance!.OnDeactivateAsync(deactivation.Reason, linked.Token).WaitAsync(linked.Token);
            }

            if (_instance is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync();
            }
            else if (_instance is IDisposable disposable)
            {
                disposable.Dispose();
            }
        }
        catch (Exception exception)
        {
            Silo.Diagnostics.DeactivationFailed(this, exception);
        }
    }

    /// <summary>Leaves the directory: the next request for the key makes a new activation.</summary>
    private void Leave()
    {
        _state = ActivationState.Gone;
        Class.Remove(this);
    }

    /// <summary>The last that the silo hears of the activation; a shutdown waits for it.</summary>
    private void End()
    {
        Class.CountOut();
        _extras?.Deactivated.TrySetResult();
    }

    private void DisposeTimers()
    {
        if (_extras is { } extras)
        {
            foreach (var timer in extras.Timers.ToArray())
            {
                timer.Dispose();
            }
        }
    }

    /// <summary>Gives a request that came too late to the grain's next activation.</summary>
    private void PassOn(Request request)
    {
        if (request.IsLocal || request.IsCompleted)
        {
            return;
        }

        if (Silo.RefusesActivations)
        {
            request.TryFail(new SiloUnavailableException($"{Silo.Name} has shut down; {request.Method} was not carried out."));
            return;
        }

        request.Target = Class.Find(Key);
        request.Target.Post(request);
    }
}

internal enum ActivationState
{
    /// <summary>In the directory, not constructed.</summary>
    New,

    /// <summary>Being constructed and activated; requests wait.</summary>
    Activating,

    Active,

    /// <summary>Ends when the requests that are running have ended; others wait for the next activation.</summary>
    Deactivating,

    Gone,
}

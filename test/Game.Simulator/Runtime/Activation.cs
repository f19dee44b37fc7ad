using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization.Invocation;

namespace Game.Simulator;

/// <summary>One activation of a grain: its life, and which requests may run beside each other, as Orleans decides it.</summary>
internal sealed class Activation : IGrainContext
{
    private readonly List<Call> _waiting = [];
    private readonly List<SimulatedTimer> _timers = [];
    private readonly Dictionary<Type, object> _components = [];
    private readonly TaskCompletionSource _deactivated = new();
    private readonly IServiceScope _scope;
    private Grain? _instance;
    private ActivationState _state;
    private DeactivationReason? _ending;
    private DateTimeOffset _lastUsed;
    private DateTimeOffset _keepUntil;
    private Call? _blocking;
    private int _running;
    private bool _pumping;
    private bool _isLeaving;

    public Activation(SimulatedSilo silo, GrainClass grainClass, GrainId id)
    {
        Silo = silo;
        Class = grainClass;
        GrainId = id;
        Turns = new ActivationTurns(silo.Simulation, this);
        _lastUsed = silo.Clock.GetUtcNow();
        _scope = silo.ServicesOf(id).CreateScope();
    }

    public SimulatedSilo Silo { get; }

    public GrainClass Class { get; }

    public ActivationTurns Turns { get; }

    public GrainId GrainId { get; }

    public object? GrainInstance => _instance;

    public GrainReference GrainReference => Silo.References.Create(GrainId, Class.Interfaces[0]);

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public ActivationId ActivationId => throw NotModelled(nameof(ActivationId));

    public GrainAddress Address => throw NotModelled(nameof(Address));

    public IGrainLifecycle ObservableLifecycle => throw NotModelled(nameof(ObservableLifecycle));

    public IWorkItemScheduler Scheduler => throw NotModelled(nameof(Scheduler));

    public Task Deactivated => _deactivated.Task;

    private bool IsIdle => _running == 0 && _waiting.Count == 0;

    public object? GetTarget() => _instance;

    public object? GetComponent(Type componentType) => _components.GetValueOrDefault(componentType);

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class
    {
        if (value is null)
        {
            _components.Remove(typeof(TComponent));
        }
        else
        {
            _components[typeof(TComponent)] = value;
        }
    }

    public void ReceiveMessage(object message)
    {
        var call = (Call)message;
        if (_state == ActivationState.Gone)
        {
            PassOn(call);
            return;
        }

        _waiting.Add(call);
        if (_state == ActivationState.New)
        {
            _state = ActivationState.Activating;
            Turns.Post(() => _ = ActivateAsync());
        }
        else
        {
            Pump();
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (_ending is null && _state != ActivationState.Gone)
        {
            _ending = deactivationReason;
            LeaveIfDue();
        }
    }

    public void DelayDeactivation(TimeSpan timeSpan) => _keepUntil = timeSpan == Timeout.InfiniteTimeSpan
        ? DateTimeOffset.MaxValue
        : timeSpan <= TimeSpan.Zero ? DateTimeOffset.MinValue : Silo.Clock.GetUtcNow() + timeSpan;

    /// <summary>Makes the grain, which finds its activation as the current one.</summary>
    public Grain Construct()
    {
        var before = CurrentContext.Exchange(this);
        try
        {
            return _instance = Silo.Options.Create?.Invoke(Class.Type, GrainId) ?? Class.Create(_scope.ServiceProvider);
        }
        finally
        {
            CurrentContext.Exchange(before);
        }
    }

    /// <summary>Ends it if it has been idle for long enough.</summary>
    public void Collect(TimeSpan age)
    {
        var now = Silo.Clock.GetUtcNow();
        if (_state == ActivationState.Active && IsIdle && now - _lastUsed >= age && _keepUntil <= now)
        {
            Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"Idle for {age}."));
        }
    }

    /// <summary>The process it runs in ends here and now.</summary>
    public void Kill()
    {
        _state = ActivationState.Gone;
        Turns.Kill();
        _timers.ForEach(timer => timer.Stop());
    }

    public void Add(SimulatedTimer timer) => _timers.Add(timer);

    public void Remove(SimulatedTimer timer) => _timers.Remove(timer);

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw NotModelled(nameof(Activate));

    public void Rehydrate(IRehydrationContext context) => throw NotModelled(nameof(Rehydrate));

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw NotModelled(nameof(Migrate));

    public override string ToString() => GrainId.ToString();

    private static NotSupportedException NotModelled(string what) => new($"The simulator does not model {what} of an activation.");

    private async Task ActivateAsync()
    {
        try
        {
            await Construct().OnActivateAsync(CancellationToken.None);
        }
        catch (Exception exception)
        {
            Leave();
            foreach (var call in TakeWaiting())
            {
                Silo.Answer(call, Response.FromException(exception));
            }

            End();
            return;
        }

        _state = ActivationState.Active;
        LeaveIfDue();
        Pump();
    }

    /// <summary>Looks in a turn of its own whether one of those that wait may start.</summary>
    private void Pump()
    {
        if (!_pumping && _state == ActivationState.Active && _waiting.Count > 0)
        {
            _pumping = true;
            Turns.Post(StartNext);
        }
    }

    private void StartNext()
    {
        _pumping = false;
        if (_state != ActivationState.Active || _ending is not null)
        {
            return;
        }

        var next = _waiting.FindIndex(MayStart);
        if (next < 0)
        {
            return;
        }

        var call = _waiting[next];
        _waiting.RemoveAt(next);
        Start(call);
        Pump();
    }

    private bool MayStart(Call call) =>
        _running == 0
        || call.AlwaysInterleaves
        || _blocking is null
        || (_blocking.IsReadOnly && call.IsReadOnly)
        || Class.IsReentrant;

    private void Start(Call call)
    {
        _running++;
        if (_blocking is null && !call.AlwaysInterleaves)
        {
            _blocking = call;
        }

        call.Request.SetTarget(this);
        var response = call.Request.Invoke();
        if (response.IsCompleted)
        {
            Finish(call, response.GetAwaiter().GetResult());
        }
        else
        {
            _ = FinishAsync(call, response);
        }
    }

    private async Task FinishAsync(Call call, ValueTask<Response> response) => Finish(call, await response);

    private void Finish(Call call, Response response)
    {
        _running--;
        if (ReferenceEquals(_blocking, call))
        {
            _blocking = null;
        }

        if (call.KeepsAlive)
        {
            _lastUsed = Silo.Clock.GetUtcNow();
        }

        Silo.Answer(call, response);
        LeaveIfDue();
        Pump();
    }

    private void LeaveIfDue()
    {
        if (_ending is null || _running > 0 || _isLeaving || _state is ActivationState.New or ActivationState.Activating)
        {
            return;
        }

        _isLeaving = true;
        _state = ActivationState.Deactivating;
        Turns.Post(() => _ = DeactivateAsync(_ending.Value));
    }

    private async Task DeactivateAsync(DeactivationReason reason)
    {
        _timers.ToList().ForEach(timer => timer.Dispose());
        try
        {
            await _instance!.OnDeactivateAsync(reason, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // As in Orleans: what a grain does on leaving is its own affair, and it leaves all the same.
            Silo.OnTrouble($"{GrainId} failed while it was deactivated: {exception.Message}");
        }

        Leave();
        foreach (var call in TakeWaiting())
        {
            PassOn(call);
        }

        End();
    }

    private void Leave()
    {
        _state = ActivationState.Gone;
        _timers.ToList().ForEach(timer => timer.Dispose());
        Silo.Remove(this);
    }

    private void End()
    {
        _scope.Dispose();
        _deactivated.TrySetResult();
    }

    private List<Call> TakeWaiting()
    {
        List<Call> waiting = [.. _waiting];
        _waiting.Clear();
        return waiting;
    }

    private void PassOn(Call call)
    {
        if (!call.IsLocalOnly && !call.IsDone)
        {
            Silo.Deliver(call);
        }
    }
}

internal enum ActivationState
{
    /// <summary>In the directory, not constructed.</summary>
    New,

    /// <summary>Being constructed and activated; requests wait.</summary>
    Activating,

    Active,

    /// <summary>Requests wait for the next activation.</summary>
    Deactivating,

    Gone,
}

using Orleans.Core;
using Orleans.Timers;

namespace Game.Simulator;

/// <summary>What a grain's base class asks of its silo.</summary>
internal sealed class SimulatedRuntime(SimulatedSilo silo) : IGrainRuntime, ITimerRegistry
{
    public string SiloIdentity => silo.Name;

    public SiloAddress SiloAddress => throw new NotSupportedException("A simulated silo has no address.");

    public IGrainFactory GrainFactory => silo.Grains;

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => throw new NotSupportedException("A grain's services are those of its activation.");

    public TimeProvider TimeProvider => silo.Clock;

    public void DeactivateOnIdle(IGrainContext grainContext) => grainContext.Deactivate(
        new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).DelayDeactivation(timeSpan);

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) =>
        throw new NotSupportedException("The simulator has no grain storage.");

    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("The simulator has no timers of the old kind: use RegisterGrainTimer.");

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        if (!ReferenceEquals(CurrentContext.Value, grainContext))
        {
            throw new InvalidOperationException($"A timer of {grainContext} was registered outside its turns.");
        }

        var timer = new SimulatedTimer((Activation)grainContext, token => callback(state, token), options.Interleave, options.KeepAlive);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }
}

namespace Game.Embedded;

/// <summary>
/// Base class of grains. All members run in the activation's turns: one at a time, never on two threads at once. The
/// identity, the factory and the services are available from the constructor on.
/// </summary>
public abstract class Grain : IAddressable
{
    private readonly IActivationRuntime? _activation;

    protected Grain()
    {
        _activation = RuntimeContext.Current;
    }

    public IGrainContext GrainContext => Activation;

    protected IGrainFactory GrainFactory => Activation.GrainFactory;

    protected internal IServiceProvider ServiceProvider => Activation.ActivationServices;

    internal IActivationRuntime Activation => _activation ?? throw new InvalidOperationException(
        $"{GetType().Name} was constructed outside the host: it has no identity and no runtime.");

    /// <summary>
    /// Called before the first request. An exception fails the requests that wait for the activation; the next call
    /// activates anew. The token is cancelled when activation takes too long.
    /// </summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called after the last request; not called when the process or the host dies. An exception is logged.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation when the requests it is running have completed.</summary>
    protected void DeactivateOnIdle() => Activation.Deactivate(
        new DeactivationReason(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));

    /// <summary>
    /// Keeps the activation from being collected as idle for at least <paramref name="timeSpan"/> from now;
    /// <see cref="Timeout.InfiniteTimeSpan"/> keeps it for good, a negative span withdraws an earlier delay.
    /// </summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.DelayDeactivation(timeSpan);
}

namespace Game.Embedded;

/// <summary>One activation of a grain, as the runtime sees it.</summary>
public interface IGrainContext
{
    GrainId GrainId { get; }

    /// <summary>The grain object; null until it is constructed.</summary>
    object? GrainInstance { get; }

    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation is gone. Awaiting it inside the activation's own turns deadlocks.</summary>
    Task Deactivated { get; }

    /// <summary>
    /// Ends the activation once the requests it is running have completed. Requests still waiting go to a new activation.
    /// <paramref name="cancellationToken"/> is passed to the grain's OnDeactivateAsync. Safe to call from any thread.
    /// </summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}

/// <summary>What the model asks of the runtime behind <see cref="IGrainContext"/>.</summary>
internal interface IActivationRuntime : IGrainContext
{
    IGrainFactory GrainFactory { get; }

    void DelayDeactivation(TimeSpan timeSpan);

    IGrainTimer RegisterTimer<TState>(
        Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options);

    IReminderRegistry Reminders { get; }

    IStreamProvider GetStreamProvider(string name);

    object GetReference(Type interfaceType);

    void EnterReentrantSection(Guid reentrancyId);

    void ExitReentrantSection(Guid reentrancyId);
}

/// <summary>The reminders of one silo, for the grain that is executing.</summary>
internal interface IReminderRegistry
{
    Task<IGrainReminder> RegisterOrUpdateAsync(GrainId grainId, string reminderName, TimeSpan dueTime, TimeSpan period);

    Task UnregisterAsync(GrainId grainId, IGrainReminder reminder);

    Task<IGrainReminder?> GetAsync(GrainId grainId, string reminderName);

    Task<List<IGrainReminder>> GetAllAsync(GrainId grainId);
}

/// <summary>The activation whose turn runs on the current thread.</summary>
internal static class RuntimeContext
{
    public static IActivationRuntime? Current => TaskScheduler.Current as IActivationRuntime;
}

namespace Game.Embedded;

/// <summary>The state of an activation that most activations never need. Used in its turns, but for <see cref="Deactivated"/>.</summary>
internal sealed class ActivationExtras
{
    public TaskCompletionSource Deactivated { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Not collected as idle before this.</summary>
    public DateTimeOffset KeepAliveUntil { get; set; } = DateTimeOffset.MinValue;

    public PendingDeactivation? Deactivation { get; set; }

    public List<GrainTimer> Timers { get; } = [];

    public ReentrantSections? Sections { get; set; }

    /// <summary>Observers attached to streams, by subscription.</summary>
    public StreamConsumers? Streams { get; set; }
}

/// <summary>A deactivation that was asked for.</summary>
internal sealed class PendingDeactivation(DeactivationReason reason, CancellationToken token)
{
    public DeactivationReason Reason => reason;

    public CancellationToken Token => token;

    public bool HasStarted { get; set; }
}

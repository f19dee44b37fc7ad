using System.Diagnostics.CodeAnalysis;

namespace Game.Embedded;

/// <summary>A timer of one activation: not durable, gone with it. Disposing it inside a turn means no further tick starts.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Takes effect at once or, during a tick, when the tick ends. <see cref="Timeout.InfiniteTimeSpan"/> disables.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>When a grain timer ticks and what its ticks may do.</summary>
public readonly struct GrainTimerCreationOptions()
{
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Time to the first tick; <see cref="Timeout.InfiniteTimeSpan"/>: none.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>From the end of one tick to the start of the next; <see cref="Timeout.InfiniteTimeSpan"/>: only one tick.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Ticks run between the awaits of requests; otherwise a tick waits its turn like a request.</summary>
    public bool Interleave { get; init; }

    /// <summary>A tick counts as use of the activation, so that it is not collected as idle.</summary>
    public bool KeepAlive { get; init; }
}

/// <summary>Registers timers. Only inside the grain's own turns. An exception of a callback is logged and the timer goes on.</summary>
public static class GrainTimerExtensions
{
    public static IGrainTimer RegisterGrainTimer<TState>(
        this Grain grain, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(grain);
        ArgumentNullException.ThrowIfNull(callback);
        return grain.Activation.RegisterTimer(callback, state, options);
    }

    public static IGrainTimer RegisterGrainTimer(
        this Grain grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return grain.RegisterGrainTimer(static (callback, cancellationToken) => callback(cancellationToken), callback, options);
    }

    public static IGrainTimer RegisterGrainTimer(this Grain grain, Func<Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return grain.RegisterGrainTimer(static (callback, _) => callback(), callback, options);
    }

    public static IGrainTimer RegisterGrainTimer<TState>(
        this Grain grain, Func<TState, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return grain.RegisterGrainTimer(
            static (pair, _) => pair.Callback(pair.State), (Callback: callback, State: state), options);
    }

    public static IGrainTimer RegisterGrainTimer(this Grain grain, Func<Task> callback, TimeSpan dueTime, TimeSpan period) =>
        grain.RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));

    public static IGrainTimer RegisterGrainTimer(
        this Grain grain, Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period) =>
        grain.RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));

    public static IGrainTimer RegisterGrainTimer<TState>(
        this Grain grain, Func<TState, Task> callback, TState state, TimeSpan dueTime, TimeSpan period) =>
        grain.RegisterGrainTimer(callback, state, new GrainTimerCreationOptions(dueTime, period));

    public static IGrainTimer RegisterGrainTimer<TState>(
        this Grain grain, Func<TState, CancellationToken, Task> callback, TState state, TimeSpan dueTime, TimeSpan period) =>
        grain.RegisterGrainTimer(callback, state, new GrainTimerCreationOptions(dueTime, period));
}

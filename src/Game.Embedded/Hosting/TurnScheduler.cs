namespace Game.Embedded;

/// <summary>
/// Decides where and in which order turns run. A turn is what one activation does until it next awaits; turns of one
/// activation never overlap under any scheduler.
/// </summary>
public abstract class TurnScheduler
{
    /// <summary>Turns run on the .NET thread pool: for everything but simulation.</summary>
    public static TurnScheduler ThreadPool { get; } = new ThreadPoolTurnScheduler();

    private protected TurnScheduler()
    {
    }

    /// <summary>How many turns an activation with work takes before others get theirs.</summary>
    internal abstract int TurnsPerSlice { get; }

    /// <summary>The clock that goes with the scheduler; null if any does.</summary>
    internal virtual TimeProvider? Clock => null;

    /// <summary>Whether turns run in an order that only a seed decides.</summary>
    internal virtual bool IsDeterministic => false;

    /// <summary>Runs <see cref="IThreadPoolWorkItem.Execute"/> of <paramref name="item"/> soon, never inside this call.</summary>
    internal abstract void Schedule(IThreadPoolWorkItem item);

    private sealed class ThreadPoolTurnScheduler : TurnScheduler
    {
        internal override int TurnsPerSlice => 64;

        internal override void Schedule(IThreadPoolWorkItem item) =>
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
    }
}

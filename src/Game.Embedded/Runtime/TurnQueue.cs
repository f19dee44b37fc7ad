using System.Runtime.CompilerServices;

namespace Game.Embedded;

/// <summary>
/// Runs work items one at a time, in the order they were posted, on the threads of a <see cref="TurnScheduler"/>. While one
/// runs, <see cref="TaskScheduler.Current"/> is this object, so awaits inside it come back here. Posting is lock-free and
/// safe from any thread.
/// </summary>
/// <remarks>
/// The inbox is a stack that producers push onto; whoever runs the queue takes it whole and reverses it. Null means that
/// nobody runs the queue, so the producer that replaces null also schedules it.
/// </remarks>
internal abstract class TurnQueue : TaskScheduler, IThreadPoolWorkItem
{
    private static readonly WorkItem Scheduled = new Sentinel();
    private static readonly Action<object?> RunSliceOf = static queue => Unsafe.As<TurnQueue>(queue!).RunSlice();

    private readonly EmbeddedSilo _silo;
    private WorkItem? _inbox;
    private WorkItem? _next;

    private protected TurnQueue(EmbeddedSilo silo)
    {
        _silo = silo;
    }

    internal EmbeddedSilo Silo => _silo;

    /// <summary>The queue whose turn the current thread runs; null outside turns.</summary>
    internal static TurnQueue? Running
    {
        get
        {
            // The common answer from outside, given without a search through the scheduler's base classes.
            var scheduler = Current;
            return ReferenceEquals(scheduler, Default) ? null : scheduler as TurnQueue;
        }
    }

    public sealed override int MaximumConcurrencyLevel => 1;

    internal void Post(WorkItem item)
    {
        var top = Volatile.Read(ref _inbox);
        while (true)
        {
            item.Next = top;
            var seen = Interlocked.CompareExchange(ref _inbox, item, top);
            if (ReferenceEquals(seen, top))
            {
                break;
            }

            top = seen;
        }

        if (top is null)
        {
            _silo.Scheduler.Schedule(this);
        }
    }

    internal void Post<TState>(Action<TState> action, TState state) => Post(new ActionWorkItem<TState>(action, state));

    internal void RunTask(Task task) => TryExecuteTask(task);

    void IThreadPoolWorkItem.Execute()
    {
        // One task per slice is what makes this object TaskScheduler.Current; everything in the slice shares it. Started this
        // way it costs two interlocked operations less than with RunSynchronously; QueueTask runs it on the spot.
        var slice = Task.Factory.StartNew(RunSliceOf, this, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

        // Turns catch what grains throw: anything that gets here is a defect of the host and must not pass unseen.
        slice.GetAwaiter().GetResult();
    }

    protected sealed override void QueueTask(Task task)
    {
        if (ReferenceEquals(task.AsyncState, this))
        {
            TryExecuteTask(task);
        }
        else
        {
            Post(new TaskWorkItem(task));
        }
    }

    protected sealed override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected sealed override IEnumerable<Task> GetScheduledTasks() => [];

    private void RunSlice()
    {
        for (var turns = _silo.Scheduler.TurnsPerSlice; turns > 0; turns--)
        {
            var item = _next ?? TakeInbox();
            if (item is null)
            {
                return;
            }

            _next = item.Next;
            item.Next = null;
            if (!_silo.IsKilled)
            {
                item.Run(this);
            }
        }

        if (_next is not null || !TryLeave())
        {
            _silo.Scheduler.Schedule(this);
        }
    }

    /// <summary>The posted items, oldest first; null if there were none and the queue is no longer scheduled.</summary>
    private WorkItem? TakeInbox()
    {
        if (TryLeave())
        {
            return null;
        }

        WorkItem? oldest = null;
        var item = Interlocked.Exchange(ref _inbox, Scheduled);
        while (item is not null && !ReferenceEquals(item, Scheduled))
        {
            var older = item.Next;
            item.Next = oldest;
            oldest = item;
            item = older;
        }

        return oldest;
    }

    private bool TryLeave() =>
        ReferenceEquals(Volatile.Read(ref _inbox), Scheduled)
        && ReferenceEquals(Interlocked.CompareExchange(ref _inbox, null, Scheduled), Scheduled);

    private sealed class Sentinel : WorkItem
    {
        internal override void Run(TurnQueue queue) => throw new InvalidOperationException("The sentinel is never run.");
    }
}

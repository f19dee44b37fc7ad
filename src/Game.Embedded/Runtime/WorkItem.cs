namespace Game.Embedded;

/// <summary>Something a <see cref="TurnQueue"/> runs as one turn. Is its own list node, so an object is in one queue at a time.</summary>
internal abstract class WorkItem
{
    internal WorkItem? Next;

    /// <summary>Runs inside the queue's turn. Must not throw.</summary>
    internal abstract void Run(TurnQueue queue);
}

/// <summary>The continuation of an await, or a task started on the activation's scheduler.</summary>
internal sealed class TaskWorkItem(Task task) : WorkItem
{
    internal override void Run(TurnQueue queue) => queue.RunTask(task);
}

/// <summary>Code of the host that must not overlap with the queue's other turns.</summary>
internal sealed class ActionWorkItem<TState>(Action<TState> action, TState state) : WorkItem
{
    internal override void Run(TurnQueue queue) => action(state);
}

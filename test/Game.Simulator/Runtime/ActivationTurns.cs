namespace Game.Simulator;

/// <summary>The turns of one activation, first in, first out; which activation's turn comes next is drawn by the simulation.</summary>
internal sealed class ActivationTurns(SimulationScheduler simulation, IGrainContext context) : TaskScheduler, IThreadPoolWorkItem
{
    private readonly Queue<Task> _waiting = new();
    private bool _scheduled;
    private bool _dead;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Nothing of it runs any more.</summary>
    public void Kill()
    {
        _dead = true;
        _waiting.Clear();
    }

    /// <summary>Runs something as a turn, with nothing of what the caller's code carries along.</summary>
    public void Post(Action action)
    {
        using (ExecutionContext.SuppressFlow())
        {
            new Task(action, TaskCreationOptions.DenyChildAttach).Start(this);
        }
    }

    public void Execute()
    {
        if (_dead)
        {
            return;
        }

        var before = CurrentContext.Exchange(context);
        try
        {
            TryExecuteTask(_waiting.Dequeue());
        }
        finally
        {
            CurrentContext.Exchange(before);
            _scheduled = !_dead && _waiting.Count > 0;
            if (_scheduled)
            {
                simulation.Schedule(this);
            }
        }
    }

    protected override void QueueTask(Task task)
    {
        if (simulation.IsAskedFromElsewhere)
        {
            simulation.Schedule(new Arrival(this, task));
            return;
        }

        simulation.ThrowIfElsewhere(this);
        if (_dead)
        {
            return;
        }

        _waiting.Enqueue(task);
        if (!_scheduled)
        {
            _scheduled = true;
            simulation.Schedule(this);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(CurrentContext.Value, context) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _waiting];

    /// <summary>A task that another thread brings.</summary>
    private sealed class Arrival(ActivationTurns turns, Task task) : IThreadPoolWorkItem
    {
        public void Execute() => turns.QueueTask(task);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Game.Simulator;

/// <summary>
/// Runs the turns of any number of silos, and the code that drives them, on one thread in an order drawn from a seed, on a
/// virtual clock that advances only when nothing can run. The same seed and the same program run the same way every time.
/// </summary>
/// <remarks>
/// Nothing under simulation may leave the thread: no <c>Task.Run</c>, no <c>ConfigureAwait(false)</c> on a task that is not
/// complete, no real I/O, no delay but through <see cref="TimeProvider"/>. What comes back from elsewhere is refused with an
/// exception. Not safe for concurrent use.
/// </remarks>
public sealed class SimulationScheduler
{
    private static readonly TimeSpan LiveLook = TimeSpan.FromMilliseconds(2);

    private readonly List<IThreadPoolWorkItem> _runnable = [];
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _fromElsewhere = new();
    private readonly VirtualTimeProvider _time;
    private readonly SimulationTaskScheduler _tasks;
    private readonly bool _isLive;
    private ulong _state;
    private int _runningThread;
    private InvalidOperationException? _violation;

    /// <param name="seed">Decides the order of turns and <see cref="Random"/>.</param>
    /// <param name="startAt">What the clock shows first; by default the beginning of 2030, UTC.</param>
    /// <param name="isLive">Whether <see cref="RunLive"/> will run it: what other threads bring is taken from now on, not only once it runs.</param>
    public SimulationScheduler(ulong seed, DateTimeOffset? startAt = null, bool isLive = false)
    {
        _isLive = isLive;
        Seed = seed;
        _state = seed;
        _time = new VirtualTimeProvider(this, startAt ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _tasks = new SimulationTaskScheduler(this);
        Random = new Random((int)Draw());
    }

    public ulong Seed { get; }

    /// <summary>For faults, delays and other choices of the simulated world; independent of the order of turns.</summary>
    public Random Random { get; }

    /// <summary>The virtual clock. Its timers fire only while the simulation runs.</summary>
    public TimeProvider TimeProvider => _time;

    /// <summary>How many turns have run.</summary>
    public long Turns { get; private set; }

    /// <summary>A digest of all choices made so far: equal for equal runs.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    /// <summary>How many turns may run without time passing before the simulation is given up as an endless loop.</summary>
    public long MaxTurnsPerInstant { get; set; } = 100_000_000;

    internal bool IsOnThread => _runningThread == Environment.CurrentManagedThreadId;

    /// <summary>Whether the caller is on another thread and this may take what it brings.</summary>
    internal bool IsAskedFromElsewhere => _isLive && !IsOnThread;

    /// <summary>Queues code that runs inside the simulation, such as a client. It runs when the simulation does.</summary>
    public Task Start(Func<Task> code) =>
        Task.Factory.StartNew(code, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _tasks).Unwrap();

    /// <inheritdoc cref="Start(Func{Task})"/>
    public Task<T> Start<T>(Func<Task<T>> code) =>
        Task.Factory.StartNew(code, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _tasks).Unwrap();

    /// <summary>Runs <paramref name="code"/> inside the simulation to its end and rethrows what it throws.</summary>
    /// <exception cref="TimeoutException">It does not end within <paramref name="limit"/> of virtual time (default: a day), or nothing is left that could end it.</exception>
    public void Run(Func<Task> code, TimeSpan? limit = null) => Finish(Start(code), limit).GetAwaiter().GetResult();

    /// <inheritdoc cref="Run(Func{Task}, TimeSpan?)"/>
    public T Run<T>(Func<Task<T>> code, TimeSpan? limit = null)
    {
        var task = Start(code);
        Finish(task, limit);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Runs until <paramref name="condition"/> holds, asked before every turn.</summary>
    /// <returns>Whether it holds; false if <paramref name="limit"/> of virtual time has passed.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Loop(condition, _time.GetUtcNow() + limit, advances: true);
    }

    /// <summary>Runs for a span of virtual time.</summary>
    public void RunFor(TimeSpan span) => Loop(static () => false, _time.GetUtcNow() + span, advances: true);

    /// <summary>
    /// Runs on the calling thread beside real time, which its clock follows, and takes what other threads bring, until it is told to stop:
    /// for tests that run outside. Not the same every time.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was not made to run live.</exception>
    public void RunLive(CancellationToken stopping)
    {
        if (!_isLive)
        {
            throw new InvalidOperationException("A simulation that runs live is made so: isLive of its constructor.");
        }

        _runningThread = Environment.CurrentManagedThreadId;
        var started = _time.GetUtcNow();
        var watch = Stopwatch.StartNew();
        while (!stopping.IsCancellationRequested)
        {
            if (_fromElsewhere.TryDequeue(out var item))
            {
                // In the order it was brought: what one caller sends to one grain arrives so.
                item.Execute();
            }
            else if (_runnable.Count > 0)
            {
                RunOne();
            }
            else if (!_time.TryAdvance(started + watch.Elapsed))
            {
                stopping.WaitHandle.WaitOne(LiveLook);
            }
        }
    }

    /// <summary>Runs until nothing can run without time passing.</summary>
    public void RunUntilIdle() => Loop(static () => false, _time.GetUtcNow(), advances: false);

    internal void Schedule(IThreadPoolWorkItem item)
    {
        if (IsAskedFromElsewhere)
        {
            _fromElsewhere.Enqueue(item);
            return;
        }

        ThrowIfElsewhere(item);
        _runnable.Add(item);
    }

    /// <summary>Refuses what comes from another thread than the simulation's while it runs.</summary>
    internal void ThrowIfElsewhere(object what)
    {
        if (_runningThread != 0 && _runningThread != Environment.CurrentManagedThreadId)
        {
            var violation = new InvalidOperationException(
                $"Something left the simulation and came back on another thread ({what}): Task.Run, ConfigureAwait(false), real I/O or a delay without the simulation's TimeProvider.");
            Interlocked.CompareExchange(ref _violation, violation, null);
            throw violation;
        }
    }

    /// <summary>Runs something as a turn of its own.</summary>
    internal void Post(Action action) => Schedule(new Callback(_tasks, _ => action(), null));

    /// <summary>Runs a timer's callback as a turn of its own.</summary>
    internal void ScheduleCallback(TimerCallback callback, object? state) => Schedule(new Callback(_tasks, callback, state));

    private Task Finish(Task task, TimeSpan? limit)
    {
        var within = limit ?? TimeSpan.FromDays(1);
        return RunUntil(() => task.IsCompleted, within)
            ? task
            : throw new TimeoutException(
                $"The code did not end within {within} of virtual time; {_runnable.Count} turn(s) and {_time.TimerCount} timer(s) are left. Seed {Seed}.");
    }

    private bool Loop(Func<bool> condition, DateTimeOffset until, bool advances)
    {
        if (_runningThread != 0)
        {
            throw new InvalidOperationException("The simulation is running already: await inside it, do not run it from inside.");
        }

        // A thread of its own: what the caller's thread carries (execution and synchronization context, the current task's
        // scheduler) would decide where continuations run, and with that the order of turns.
        var met = false;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            _runningThread = Environment.CurrentManagedThreadId;
            try
            {
                met = LoopInside(condition, until, advances);
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                _runningThread = 0;
            }
        })
        { IsBackground = true, Name = "simulation" };
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return met;
    }

    private bool LoopInside(Func<bool> condition, DateTimeOffset until, bool advances)
    {
        var turns = 0L;
        while (!condition())
        {
            if (_violation is not null)
            {
                throw _violation;
            }

            if (_runnable.Count > 0)
            {
                RunOne();
                if (++turns > MaxTurnsPerInstant)
                {
                    throw new TimeoutException($"{turns} turns ran without time passing. Seed {Seed}.");
                }
            }
            else if (!advances || !_time.TryAdvance(until))
            {
                return condition();
            }
            else
            {
                turns = 0;
            }
        }

        return true;
    }

    private void RunOne()
    {
        var chosen = (int)(Draw() % (ulong)_runnable.Count);
        Fingerprint = (Fingerprint ^ ((ulong)chosen << 32 | (uint)_runnable.Count)) * 1099511628211;
        Turns++;
        var item = _runnable[chosen];
        _runnable[chosen] = _runnable[^1];
        _runnable.RemoveAt(_runnable.Count - 1);
        item.Execute();
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private ulong Draw()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private sealed class Callback(SimulationTaskScheduler tasks, TimerCallback callback, object? state) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            var task = new Task(() => callback(state));
            task.RunSynchronously(tasks);
            task.GetAwaiter().GetResult();
        }
    }
}

/// <summary>The scheduler of code that drives a simulation: each of its tasks is one turn.</summary>
internal sealed class SimulationTaskScheduler(SimulationScheduler simulation) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task) => simulation.Schedule(new Item(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && simulation.IsOnThread && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private sealed class Item(SimulationTaskScheduler scheduler, Task task) : IThreadPoolWorkItem
    {
        public void Execute() => scheduler.TryExecuteTask(task);
    }
}

using Game.Broadcast;

namespace Game.Simulation.Tests;

/// <summary>A shard's view of the bus, for one life of its silo.</summary>
internal sealed class SimulatedConnection(SimulatedBus bus, string shard) : IBroadcastBus
{
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(10);

    private readonly Queue<(BroadcastMessage Message, TaskCompletionSource Confirm)> _pipe = new();
    private readonly List<SimulatedConsumer> _consumers = [];
    private bool _pumping;
    private bool _dead;

    private World World => bus.World;

    public ValueTask DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken = default)
    {
        BroadcastLimits.ThrowIfInvalid(queue);
        bus.Declare(queue);
        return ValueTask.CompletedTask;
    }

    public ValueTask PublishAsync(BroadcastMessage message, CancellationToken cancellationToken = default)
    {
        BroadcastLimits.ThrowIfInvalid(message);

        if (_dead)
        {
            throw new BroadcastException("The connection is gone.");
        }

        // Publishers combine confirms; asynchronous continuations of combined tasks would leave the simulation's thread.
        var confirm = new TaskCompletionSource();
        _pipe.Enqueue((message, confirm));
        if (!_pumping)
        {
            _pumping = true;
            World.Run(PumpAsync);
        }

        return new ValueTask(confirm.Task.WaitAsync(cancellationToken));
    }

    public ValueTask<IAsyncDisposable> ConsumeAsync(
        string queue, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken cancellationToken = default)
    {
        var consumer = new SimulatedConsumer(bus, bus.Find(queue), shard, handler);
        _consumers.Add(consumer);
        return new ValueTask<IAsyncDisposable>(consumer);
    }

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken = default) =>
        new([.. bus.Find(queue).DeadLetters.Where(letter => letter.Id > after).Take(count)]);

    public ValueTask<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default) =>
        new(bus.Find(queue).Replay(id));

    public ValueTask<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default) =>
        new(bus.Find(queue).Discard(id));

    public BusHealth Health => new(!_dead, null, false, _pipe.Count);

    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) => new(bus.Find(queue).Depth);

    /// <summary>No world here has been one of an earlier build.</summary>
    public ValueTask<IReadOnlyList<string>> RetireQueuesAsync(
        IReadOnlyList<QueueDeclaration> queues, string successor, CancellationToken cancellationToken = default) => new([]);

    /// <summary>
    /// The process at this end dies, or is taken for dead: what it was sending may be cut off anywhere, and what of it arrives may do so
    /// when the next life has sent newer things already; what it was handling goes back.
    /// </summary>
    public void Kill()
    {
        if (_dead)
        {
            return;
        }

        _dead = true;
        List<BroadcastMessage> arriving = [.. _pipe.Take(World.Random.Next(_pipe.Count + 1)).Select(entry => entry.Message)];
        if (arriving.Count > 0)
        {
            World.Run(() => bus.StoreLateAsync(arriving));
        }

        _pipe.Clear();
        foreach (var consumer in _consumers)
        {
            consumer.Kill();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task PumpAsync()
    {
        while (_pipe.Count > 0 && !_dead)
        {
            await World.DelayAsync(World.Happens(bus.Faults.Delayed)
                ? bus.Faults.LongDelay * World.Random.NextDouble()
                : TimeSpan.FromMilliseconds(World.Random.NextDouble() * 3));
            if (_pipe.Count > 0 && !_dead)
            {
                Transmit();
            }
        }

        _pumping = false;
    }

    private void Transmit()
    {
        if (World.Happens(bus.Faults.Lost))
        {
            World.Trace.Add($"bus loses {_pipe.Count} from {shard}, first {_pipe.Peek().Message.Id}");
            foreach (var (_, lost) in _pipe)
            {
                lost.SetException(new BroadcastException("The connection is broken."));
            }

            _pipe.Clear();
            return;
        }

        var (message, confirm) = _pipe.Dequeue();
        World.Trace.Add($"bus stores {message.Id} {message.RoutingKey}");
        bus.Store(message);
        if (World.Happens(bus.Faults.Unconfirmed))
        {
            World.Trace.Add($"bus does not confirm {message.Id}");
            if (World.Random.Next(2) == 0)
            {
                confirm.SetException(new BroadcastException("The confirm is lost."));
            }
            else
            {
                World.Run(() => GiveUpAsync(confirm));
            }
        }
        else
        {
            confirm.SetResult();
        }
    }

    // A bus ends every publish by itself: it is the bus's time-out that callers rely on.
    private async Task GiveUpAsync(TaskCompletionSource confirm)
    {
        await World.DelayAsync(ConfirmTimeout);
        if (!_dead)
        {
            confirm.SetException(new BroadcastException("No confirm in time."));
        }
    }
}

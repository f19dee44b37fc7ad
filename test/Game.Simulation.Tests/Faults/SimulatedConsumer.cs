using Game.Broadcast;

namespace Game.Simulation.Tests;

/// <summary>Hands batches to a shard's handler; now and then its connection breaks, and it comes back.</summary>
internal sealed class SimulatedConsumer : IAsyncDisposable
{
    private readonly SimulatedBus _bus;
    private readonly SimulatedQueue _queue;
    private readonly string _shard;
    private readonly Func<IReadOnlyList<Delivery>, CancellationToken, Task> _handler;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<SimulatedEntry> _batch = [];
    private bool _dead;

    public SimulatedConsumer(
        SimulatedBus bus, SimulatedQueue queue, string shard, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler)
    {
        _bus = bus;
        _queue = queue;
        _shard = shard;
        _handler = handler;
        queue.Join(this);
        World.Run(ConsumeAsync);
    }

    public bool IsStopping => _dead || _stopping.IsCancellationRequested;

    private World World => _bus.World;

    /// <summary>The process dies with the batch under way.</summary>
    public void Kill()
    {
        _dead = true;
        _queue.GiveBack(_batch);
        _queue.Leave(this);
    }

    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        _queue.Wake();
        await _stopped.Task;
        _stopping.Dispose();
    }

    private async Task ConsumeAsync()
    {
        var setbacks = 0;
        while (true)
        {
            await _queue.WaitAsync(this);
            if (IsStopping)
            {
                break;
            }

            if (World.Happens(_bus.Faults.Slow))
            {
                await World.DelayAsync(TimeSpan.FromSeconds(World.Random.NextDouble()));
                continue;
            }

            _batch = _queue.Take(World.Random.Next(1, _queue.Prefetch + 1));
            var again = await DeliverAsync(_batch);
            if (_dead)
            {
                break;
            }

            _queue.GiveBack(_batch);
            _batch = [];
            setbacks = again ? setbacks + 1 : 0;
            if (again && !IsStopping)
            {
                await World.DelayAsync(TimeSpan.FromMilliseconds(Math.Min(2000, 50 << Math.Min(setbacks, 10))));
            }
        }

        if (!_dead)
        {
            _queue.Leave(this);
        }

        _stopped.SetResult();
    }

    /// <returns>Whether something comes again.</returns>
    private async Task<bool> DeliverAsync(List<SimulatedEntry> batch)
    {
        var deliveries = batch.Select(entry => new SimulatedDelivery(entry)).ToList();
        World.Trace.Add($"bus {_queue.Name} hands {batch.Count} from {batch[0].Message.Id}");
        var handled = HandleAsync(deliveries);
        if (World.Happens(_bus.Faults.ConsumerLost))
        {
            await World.DelayAsync(TimeSpan.FromMilliseconds(World.Random.NextDouble() * 20));
            World.Trace.Add($"bus {_queue.Name} consumer loses its connection");
            return true;
        }

        await handled;
        if (_dead)
        {
            return true;
        }

        if (World.Happens(_bus.Faults.AckLost))
        {
            World.Trace.Add($"bus {_queue.Name} loses the acks of {batch.Count} from {batch[0].Message.Id}");
            return true;
        }

        var again = false;
        foreach (var delivery in deliveries)
        {
            again |= Settle(delivery);
        }

        return again;
    }

    private async Task HandleAsync(List<SimulatedDelivery> deliveries)
    {
        try
        {
            await _handler(deliveries, _stopping.Token);
        }
        catch (Exception exception)
        {
            World.Trace.Add($"bus {_queue.Name} handler on {_shard} failed: {exception.Message}");
        }
    }

    private bool Settle(SimulatedDelivery delivery)
    {
        switch (delivery.Verdict)
        {
            case Verdict.Acknowledged:
                _queue.Remove(delivery.Entry);
                return false;
            case Verdict.Postponed:
                World.Trace.Add($"bus {_queue.Name} {delivery.Message.Id} postponed");
                return true;
            case Verdict.Rejected:
                return _queue.Fail(delivery.Entry, delivery.Reason, atOnce: true);
            default:
                return _queue.Fail(delivery.Entry, delivery.Reason, atOnce: false);
        }
    }

    private enum Verdict
    {
        None,
        Acknowledged,
        Postponed,
        Retried,
        Rejected,
    }

    private sealed class SimulatedDelivery(SimulatedEntry entry) : Delivery
    {
        public SimulatedEntry Entry => entry;

        public Verdict Verdict { get; private set; }

        public string Reason { get; private set; } = "The handler did not settle it.";

        public override BroadcastMessage Message => entry.Message;

        public override int Attempt { get; } = entry.Failures + 1;

        public override void Ack() => Settle(Verdict.Acknowledged, "");

        public override void Postpone() => Settle(Verdict.Postponed, "");

        public override void Retry(string reason) => Settle(Verdict.Retried, reason);

        public override void Reject(string reason) => Settle(Verdict.Rejected, reason);

        private void Settle(Verdict verdict, string reason)
        {
            if (Verdict != Verdict.None)
            {
                throw new InvalidOperationException($"Message {Message.Id} is settled already.");
            }

            Verdict = verdict;
            Reason = reason;
        }
    }
}

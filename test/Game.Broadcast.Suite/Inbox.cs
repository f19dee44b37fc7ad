using System.Diagnostics;

namespace Game.Broadcast.Suite;

/// <summary>What a handler was handed.</summary>
public sealed record Arrival(string Id, int Attempt, int Batch, BroadcastMessage Message);

/// <summary>A handler that writes down what arrives and settles it as the test says.</summary>
public sealed class Inbox(Action<Delivery> settle)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AllPatience = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly List<Arrival> _arrivals = [];
    private readonly List<(Func<IReadOnlyList<Arrival>, bool> Condition, TaskCompletionSource Met)> _waiting = [];
    private int _batches;
    private int _inside;

    public static Inbox Acknowledging() => new(delivery => delivery.Ack());

    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (_gate)
            {
                return [.. _arrivals];
            }
        }
    }

    public IEnumerable<string> Ids => Arrivals.Select(arrival => arrival.Id);

    /// <summary>Whether a batch was handed out while another was under way.</summary>
    public bool Overlapped { get; private set; }

    public int LargestBatch { get; private set; }

    public Task HandleAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
    {
        Overlapped |= Interlocked.Increment(ref _inside) != 1;
        LargestBatch = Math.Max(LargestBatch, batch.Count);
        var number = Interlocked.Increment(ref _batches);
        try
        {
            foreach (var delivery in batch)
            {
                try
                {
                    settle(delivery);
                }
                finally
                {
                    Add(new Arrival(delivery.Message.Id, delivery.Attempt, number, delivery.Message));
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }

        return Task.CompletedTask;
    }

    /// <summary>Completes when so many have arrived; fails with what has when nothing more has come for a minute.</summary>
    public Task<IReadOnlyList<Arrival>> WaitForAsync(int count) => WaitForAsync(arrivals => arrivals.Count >= count);

    public async Task<IReadOnlyList<Arrival>> WaitForAsync(Func<IReadOnlyList<Arrival>, bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition(_arrivals))
            {
                return [.. _arrivals];
            }

            _waiting.Add((condition, met));
        }

        var started = Stopwatch.GetTimestamp();
        for (var seen = -1; await Task.WhenAny(met.Task, Task.Delay(Patience)) != met.Task;)
        {
            var arrived = Arrivals;
            if (arrived.Count == seen || Stopwatch.GetElapsedTime(started) > AllPatience)
            {
                throw new TimeoutException($"Arrived so far: {string.Join(", ", arrived.Select(arrival => $"{arrival.Id} ({arrival.Attempt})"))}.");
            }

            seen = arrived.Count;
        }

        return Arrivals;
    }

    private void Add(Arrival arrival)
    {
        lock (_gate)
        {
            _arrivals.Add(arrival);
            foreach (var waiter in _waiting.Where(waiter => waiter.Condition(_arrivals)).ToList())
            {
                waiter.Met.SetResult();
                _waiting.Remove(waiter);
            }
        }
    }
}

using Game.Broadcast;

namespace Game.Simulation.Tests;

/// <summary>
/// The bus on the simulation's clock: its queues outlive the shards. Each shard has a connection that can break; what one
/// connection sends arrives in order, what several send mixes at random.
/// </summary>
internal sealed class SimulatedBus(World world, BusFaults faults)
{
    private readonly SortedDictionary<string, SimulatedQueue> _queues = new(StringComparer.Ordinal);

    public World World => world;

    /// <summary>What goes wrong from now on.</summary>
    public BusFaults Faults { get; set; } = faults;

    public IEnumerable<SimulatedQueue> Queues => _queues.Values;

    public long Stored { get; private set; }

    /// <summary>Messages of dead connections that are still under way.</summary>
    public int Late { get; private set; }

    /// <summary>When a queue was purged the last time.</summary>
    public DateTimeOffset Purged { get; private set; }

    public SimulatedConnection Connect(string shard) => new(this, shard);

    public void Declare(QueueDeclaration declaration)
    {
        if (_queues.TryGetValue(declaration.Name, out var queue))
        {
            queue.Bind(declaration.Bindings);
        }
        else
        {
            _queues.Add(declaration.Name, new SimulatedQueue(this, declaration));
        }
    }

    public SimulatedQueue Find(string name) =>
        _queues.TryGetValue(name, out var queue) ? queue : throw new BroadcastException($"Queue {name} has not been declared.");

    /// <summary>What was under way when its connection ended.</summary>
    public async Task StoreLateAsync(IReadOnlyList<BroadcastMessage> messages)
    {
        Late += messages.Count;
        await world.DelayAsync(world.Random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(world.Random.NextDouble() * 20));
        foreach (var message in messages)
        {
            world.Trace.Add($"bus stores {message.Id} {message.RoutingKey} of a connection that has ended");
            Store(message);
        }

        Late -= messages.Count;
    }

    public void Store(BroadcastMessage message)
    {
        Stored++;
        foreach (var queue in _queues.Values.Where(queue => queue.IsBound(message)))
        {
            queue.Add(message);
            if (world.Happens(Faults.Doubled))
            {
                world.Trace.Add($"bus {queue.Name} doubles {message.Id}");
                queue.Add(message);
            }

            if (world.Happens(Faults.Purged) && world.Shards[queue.Shard].FollowsAll(world.Names))
            {
                Purged = world.Clock.GetUtcNow();
                world.Trace.Add($"bus {queue.Name} is purged of {queue.Purge()}");
            }
        }
    }
}

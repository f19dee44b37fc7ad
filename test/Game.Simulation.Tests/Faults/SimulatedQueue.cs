using Game.Broadcast;

namespace Game.Simulation.Tests;

/// <summary>A durable queue of the simulated bus. What is handed to a consumer stays here until it is settled.</summary>
internal sealed class SimulatedQueue(SimulatedBus bus, QueueDeclaration declaration)
{
    private readonly List<(string Exchange, TopicPattern Pattern)> _bindings =
        [.. declaration.Bindings.Select(binding => (binding.Exchange, new TopicPattern(binding.Pattern)))];

    private readonly LinkedList<SimulatedEntry> _entries = new();
    private readonly List<SimulatedConsumer> _consumers = [];
    private TaskCompletionSource? _arrival;
    private long _lastDeadLetter;

    public string Name => declaration.Name;

    /// <summary>Whose queue it is.</summary>
    public string Shard => Name[(Name.LastIndexOf('.') + 1)..];

    public int Prefetch => declaration.Prefetch;

    public List<DeadLetter> DeadLetters { get; } = [];

    public QueueDepth Depth => new(
        _entries.Count(entry => !entry.IsOut), _entries.Count(entry => entry.IsOut), DeadLetters.Count);

    public SimulatedConsumer? Active => _consumers.FirstOrDefault();

    public void Bind(IEnumerable<QueueBinding> bindings) =>
        _bindings.AddRange(bindings.Select(binding => (binding.Exchange, new TopicPattern(binding.Pattern))));

    public bool IsBound(BroadcastMessage message) =>
        _bindings.Exists(binding => binding.Exchange == message.Exchange && binding.Pattern.IsMatch(message.RoutingKey));

    public void Add(BroadcastMessage message)
    {
        _entries.AddLast(new SimulatedEntry(message));
        Wake();
    }

    public void Join(SimulatedConsumer consumer) => _consumers.Add(consumer);

    public void Leave(SimulatedConsumer consumer)
    {
        _consumers.Remove(consumer);
        Wake();
    }

    /// <summary>The first so many that may go together: what has failed goes alone, what comes again goes before anything new.</summary>
    public List<SimulatedEntry> Take(int count)
    {
        var batch = new List<SimulatedEntry>();
        foreach (var entry in _entries)
        {
            if (batch.Count == count || (batch.Count > 0 && (entry.Failures > 0 || batch[0].Failures > 0 || entry.WasOut != batch[0].WasOut)))
            {
                break;
            }

            batch.Add(entry);
        }

        foreach (var entry in batch)
        {
            entry.IsOut = true;
            entry.WasOut = true;
        }

        return batch;
    }

    public void GiveBack(IEnumerable<SimulatedEntry> batch)
    {
        foreach (var entry in batch)
        {
            entry.IsOut = false;
        }

        Wake();
    }

    public void Remove(SimulatedEntry entry) => _entries.Remove(entry);

    /// <returns>Whether the message comes again.</returns>
    public bool Fail(SimulatedEntry entry, string reason, bool atOnce)
    {
        entry.Failures++;
        if (!atOnce && entry.Failures < declaration.DeliveryLimit)
        {
            return true;
        }

        bus.World.Trace.Add($"bus {Name} gives up {entry.Message.Id}: {reason}");
        DeadLetters.Add(new DeadLetter(++_lastDeadLetter, entry.Message, reason, bus.World.Clock.GetUtcNow(), entry.Failures));
        _entries.Remove(entry);
        return false;
    }

    public bool Replay(long id)
    {
        var letter = DeadLetters.Find(letter => letter.Id == id);
        if (letter is null)
        {
            return false;
        }

        DeadLetters.Remove(letter);
        Add(letter.Message with { Link = null });
        return true;
    }

    public bool Discard(long id) => DeadLetters.RemoveAll(letter => letter.Id == id) > 0;

    /// <summary>An operator's mistake: what waits is gone.</summary>
    public int Purge()
    {
        var waiting = _entries.Where(entry => !entry.IsOut).ToList();
        foreach (var entry in waiting)
        {
            _entries.Remove(entry);
        }

        return waiting.Count;
    }

    public async Task WaitAsync(SimulatedConsumer consumer)
    {
        while (!consumer.IsStopping && (Active != consumer || _entries.Count == 0))
        {
            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _arrival.Task;
        }
    }

    public void Wake()
    {
        var arrival = _arrival;
        _arrival = null;
        arrival?.SetResult();
    }
}

/// <summary>A message in a queue.</summary>
internal sealed class SimulatedEntry(BroadcastMessage message)
{
    public BroadcastMessage Message => message;

    public int Failures { get; set; }

    /// <summary>A consumer has it now.</summary>
    public bool IsOut { get; set; }

    /// <summary>A consumer has had it.</summary>
    public bool WasOut { get; set; }
}

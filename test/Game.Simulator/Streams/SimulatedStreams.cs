namespace Game.Simulator;

/// <summary>
/// What the streams of one provider hold. In memory it belongs to one life of a silo and its numbers are clock ticks, as those of
/// Orleans' memory streams; kept, it is a topic of one partition that outlives silos, with an offset for each item.
/// </summary>
public sealed class SimulatedStreams
{
    private readonly SortedDictionary<string, StreamLog> _logs = new(StringComparer.Ordinal);
    private readonly bool _isKept;
    private long _next;

    private SimulatedStreams(bool isKept, long first) => (_isKept, _next) = (isKept, first);

    /// <summary>How long a delivery is tried again before it is given up.</summary>
    public TimeSpan MaxDeliveryTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Asked after each delivery whether it comes once more; by default none does.</summary>
    public Func<bool> Repeats { get; set; } = static () => false;

    /// <summary>Asked after each delivery whether it is known durably that it was; if not, a new life of the silo delivers it again.</summary>
    public Func<bool> Commits { get; set; } = static () => true;

    /// <summary>Commits before the delivery: a defect.</summary>
    public bool CommitsEarly { get; set; }

    /// <summary>How long an item takes to its first delivery.</summary>
    public Func<TimeSpan> Delay { get; set; } = static () => TimeSpan.FromMilliseconds(1);

    /// <summary>Whether everything has been delivered.</summary>
    public bool IsIdle => _logs.Values.All(log => log.Reached == log.Batches.Count);

    /// <summary>Deliveries that were given up.</summary>
    public long Skipped { get; internal set; }

    internal IEnumerable<StreamLog> Logs => _logs.Values;

    public static SimulatedStreams InMemory(TimeProvider clock) => new(isKept: false, clock.GetUtcNow().UtcTicks);

    public static SimulatedStreams Kept() => new(isKept: true, first: 0);

    internal StreamLog LogOf(StreamId stream)
    {
        var name = stream.ToString();
        if (!_logs.TryGetValue(name, out var log))
        {
            _logs.Add(name, log = new StreamLog(stream));
        }

        return log;
    }

    /// <summary>Over Kafka each item is a record of its own; a batch in memory is one message.</summary>
    internal void Append(StreamLog log, IReadOnlyList<object> items)
    {
        if (!_isKept)
        {
            var sequence = _next++;
            log.Batches.Add([.. items.Select((item, index) => new StreamItem(sequence, index, item))]);
            return;
        }

        log.Batches.Add([.. items.Select(item => new StreamItem(_next++, 0, item))]);
    }
}

/// <summary>One stream's items, in the batches they came in.</summary>
internal sealed class StreamLog(StreamId id)
{
    public StreamId Id => id;

    public List<IReadOnlyList<StreamItem>> Batches { get; } = [];

    /// <summary>How far any life has delivered.</summary>
    public int Reached { get; set; }

    /// <summary>How far it is known to have been delivered: a new life of the silo goes on from here.</summary>
    public int Committed { get; set; }
}

internal sealed record StreamItem(long Sequence, int Index, object Value);

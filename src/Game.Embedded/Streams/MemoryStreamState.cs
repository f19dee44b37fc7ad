using System.Collections.Immutable;

namespace Game.Embedded;

/// <summary>A stream with undelivered events: one lane per subscriber. Guarded by its own lock; forgotten when all lanes are empty.</summary>
internal sealed class MemoryStreamState
{
    private readonly MemoryStreamProvider _provider;
    private readonly StreamLane[] _lanes;

    public MemoryStreamState(MemoryStreamProvider provider, StreamId id, GrainClass[] subscribers)
    {
        _provider = provider;
        Id = id;
        _lanes = Array.ConvertAll(subscribers, subscriber => new StreamLane(provider, this, subscriber));
    }

    public StreamId Id { get; }

    public bool IsClosed { get; set; }

    public bool HasPending => Array.Exists(_lanes, lane => lane.Pending > 0);

    /// <param name="items">The events.</param>
    /// <param name="sequence">Their position.</param>
    /// <param name="context">Request context of their producer.</param>
    /// <param name="settlement">Told what becomes of them; events of a transport, which bounds what waits by itself.</param>
    public void Add<T>(
        IReadOnlyList<T> items, long sequence, ImmutableDictionary<string, object>? context, StreamSettlement? settlement)
    {
        var limit = settlement is null ? _provider.Silo.Options.StreamQueueLimit : int.MaxValue;
        if (Array.Find(_lanes, lane => lane.Pending > limit - items.Count) is { } full)
        {
            throw new InvalidOperationException(
                $"Stream {Id} of {_provider.Name} is full: {full.Pending} events wait for {full.Subscriber}, the limit is {limit}.");
        }

        foreach (var lane in _lanes)
        {
            lane.Add(new StreamBatch<T>(items, sequence, context, settlement));
        }
    }
}

/// <summary>The events of one produce call on their way to one subscriber.</summary>
internal abstract class StreamBatch(long sequence, ImmutableDictionary<string, object>? context, StreamSettlement? settlement) : WorkItem
{
    public StreamSettlement? Settlement => settlement;

    public long Sequence => sequence;

    public ImmutableDictionary<string, object>? Context => context;

    public abstract int Count { get; }

    public abstract IEnumerable<SequentialItem<TConsumer>> GetItems<TConsumer>();

    internal sealed override void Run(TurnQueue queue) => ((StreamLane)queue).Take(this);
}

/// <inheritdoc/>
internal sealed class StreamBatch<T>(
    IReadOnlyList<T> items, long sequence, ImmutableDictionary<string, object>? context, StreamSettlement? settlement)
    : StreamBatch(sequence, context, settlement)
{
    public override int Count => items.Count;

    public override IEnumerable<SequentialItem<TConsumer>> GetItems<TConsumer>()
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is not TConsumer item)
            {
                throw new InvalidCastException($"The stream carries {typeof(T)}, the observer expects {typeof(TConsumer)}.");
            }

            yield return new SequentialItem<TConsumer>(item, new EventSequenceToken(Sequence, i));
        }
    }
}

/// <summary>What has become of an event of a transport with all its subscribers.</summary>
internal sealed class StreamSettlement(int subscribers, Action<Exception?> settled)
{
    private Exception? _failure;
    private int _left = subscribers;

    /// <summary>One subscriber has taken the event (null) or skips it.</summary>
    public void Settle(Exception? failure)
    {
        if (failure is not null)
        {
            Volatile.Write(ref _failure, failure);
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            settled(Volatile.Read(ref _failure));
        }
    }
}

/// <summary>Position in a memory stream.</summary>
internal sealed class EventSequenceToken(long sequenceNumber, int eventIndex) : StreamSequenceToken
{
    public override long SequenceNumber { get; protected set; } = sequenceNumber;

    public override int EventIndex { get; protected set; } = eventIndex;

    public override bool Equals(StreamSequenceToken? other) =>
        other is not null && other.SequenceNumber == SequenceNumber && other.EventIndex == EventIndex;

    public override int CompareTo(StreamSequenceToken? other) => other is null
        ? 1
        : SequenceNumber != other.SequenceNumber
            ? SequenceNumber.CompareTo(other.SequenceNumber)
            : EventIndex.CompareTo(other.EventIndex);

    public override string ToString() => $"{SequenceNumber}.{EventIndex}";
}

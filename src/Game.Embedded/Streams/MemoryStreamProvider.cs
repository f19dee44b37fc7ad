using System.Collections.Concurrent;

namespace Game.Embedded;

/// <summary>
/// Streams whose undelivered events are kept in memory. Every implicitly subscribed grain class gets every event of its
/// namespaces, in the order of the produce calls, on a lane of its own: a slow subscriber holds up no other.
/// </summary>
internal sealed class MemoryStreamProvider : IStreamProvider
{
    private readonly ConcurrentDictionary<StreamId, MemoryStreamState> _streams = new();
    private readonly Dictionary<string, GrainClass[]> _subscribers;
    private long _sequence;
    private long _pending;

    public MemoryStreamProvider(EmbeddedSilo silo, string name)
    {
        Silo = silo;
        Name = name;
        _subscribers = silo.GrainClasses
            .SelectMany(grainClass => grainClass.StreamNamespaces, (grainClass, ns) => (Class: grainClass, Namespace: ns))
            .GroupBy(entry => entry.Namespace)
            .ToDictionary(group => group.Key, group => group.Select(entry => entry.Class).Distinct().ToArray());

        // Positions go on rising over restarts as long as fewer than ten million events a second are produced.
        _sequence = silo.TimeProvider.GetUtcNow().UtcTicks;
    }

    public string Name { get; }

    public bool IsRewindable => false;

    public EmbeddedSilo Silo { get; }

    /// <summary>Events taken and not yet delivered or skipped, counted once per subscriber.</summary>
    public long Pending => Volatile.Read(ref _pending);

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new MemoryStream<T>(this, streamId);

    /// <summary>Takes events for all subscribers of a stream, or for none of them.</summary>
    /// <exception cref="SiloUnavailableException">The silo does not run.</exception>
    /// <exception cref="InvalidOperationException">Too many events wait already.</exception>
    public void Produce<T>(StreamId streamId, IReadOnlyList<T> items)
    {
        if (Silo.Refuses(TurnQueue.Running) is { } refusal)
        {
            throw refusal;
        }

        if (items.Count == 0 || !_subscribers.TryGetValue(streamId.GetNamespace() ?? "", out var subscribers))
        {
            return;
        }

        var context = RequestContext.Values;
        while (true)
        {
            var stream = _streams.GetOrAdd(
                streamId,
                static (id, arguments) => new MemoryStreamState(arguments.Provider, id, arguments.Subscribers),
                (Provider: this, Subscribers: subscribers));
            lock (stream)
            {
                if (!stream.IsClosed)
                {
                    stream.Add(items, Interlocked.Increment(ref _sequence), context);
                    return;
                }
            }
        }
    }

    /// <summary>Whether the grain is implicitly subscribed to the stream.</summary>
    public bool IsSubscribed(Activation activation, StreamId streamId) =>
        activation.Key == streamId.GetKeyAsString()
        && activation.Class.StreamNamespaces.Contains(streamId.GetNamespace() ?? "");

    public void OnTaken(int events) => Interlocked.Add(ref _pending, events);

    public void OnDone(MemoryStreamState stream, int events)
    {
        if (!stream.HasPending)
        {
            lock (stream)
            {
                if (!stream.HasPending && !stream.IsClosed)
                {
                    stream.IsClosed = true;
                    _streams.TryRemove(new KeyValuePair<StreamId, MemoryStreamState>(stream.Id, stream));
                }
            }
        }

        if (Interlocked.Add(ref _pending, -events) == 0)
        {
            Silo.OnWorkDone();
        }
    }
}

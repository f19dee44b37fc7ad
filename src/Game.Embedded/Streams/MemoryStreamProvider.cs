using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Game.Embedded;

/// <summary>
/// Streams whose undelivered events are kept in memory, and before, with a transport, in that. Every implicitly subscribed grain
/// class gets every event of its namespaces, in the order of the produce calls, on a lane of its own: a slow subscriber holds up no other.
/// </summary>
internal sealed class MemoryStreamProvider : IStreamProvider, IStreamDelivery
{
    private readonly ConcurrentDictionary<StreamId, MemoryStreamState> _streams = new();
    private readonly Dictionary<string, GrainClass[]> _subscribers;
    private readonly IStreamTransport? _transport;
    private long _sequence;
    private long _pending;

    public MemoryStreamProvider(EmbeddedSilo silo, string name, IStreamTransport? transport)
    {
        Silo = silo;
        Name = name;
        _transport = transport;
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

    /// <summary>Whether what fails now need not be tried again here: the silo stops, and the transport has it still.</summary>
    public bool LeavesFailuresToTheNext => _transport is not null && Silo.Refuses(caller: null) is not null;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new MemoryStream<T>(this, streamId);

    /// <summary>Takes events for all subscribers of a stream, or for none of them.</summary>
    /// <exception cref="SiloUnavailableException">The silo does not run.</exception>
    /// <exception cref="InvalidOperationException">Too many events wait already.</exception>
    public Task ProduceAsync<T>(StreamId streamId, IReadOnlyList<T> items)
    {
        if (Silo.Refuses(TurnQueue.Running) is { } refusal)
        {
            throw refusal;
        }

        if (_transport is not null)
        {
            return _transport.ProduceAsync(streamId, [.. items.Select(item => (object)item!)]);
        }

        if (items.Count > 0 && _subscribers.TryGetValue(streamId.GetNamespace() ?? "", out var subscribers))
        {
            Add(streamId, subscribers, items, sequence: null, RequestContext.Values, settled: null);
        }

        return Task.CompletedTask;
    }

    public bool TryDeliver(StreamId streamId, object item, long position, Action<Exception?> settled)
    {
        if (Silo.Refuses(caller: null) is not null)
        {
            return false;
        }

        if (!_subscribers.TryGetValue(streamId.GetNamespace() ?? "", out var subscribers))
        {
            settled(null);
            return true;
        }

        Add(streamId, subscribers, [item], position, context: null, new StreamSettlement(subscribers.Length, settled));
        return true;
    }

    private void Add<T>(
        StreamId streamId,
        GrainClass[] subscribers,
        IReadOnlyList<T> items,
        long? sequence,
        ImmutableDictionary<string, object>? context,
        StreamSettlement? settled)
    {
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
                    stream.Add(items, sequence ?? Interlocked.Increment(ref _sequence), context, settled);
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

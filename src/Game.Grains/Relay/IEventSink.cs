using Game.EventStore;

namespace Game.Grains.Relay;

/// <summary>Where shards publish their logs. Safe for concurrent use.</summary>
public interface IEventSink
{
    /// <summary>Its name: the topic.</summary>
    string Name { get; }

    /// <summary>Writes events of a shard's log, in order; returns when all are confirmed.</summary>
    /// <exception cref="EventSinkException">Not all are confirmed; any of them may be stored all the same.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; any of them may be stored all the same.</exception>
    Task WriteAsync(string shard, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken);
}

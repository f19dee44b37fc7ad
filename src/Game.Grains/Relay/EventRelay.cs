using Game.Contracts.Broadcast;

namespace Game.Grains.Relay;

/// <summary>
/// A silo's side of the relay: where the log goes, and the hint that it has grown. Safe for concurrent use.
/// </summary>
/// <param name="sink">Null: the log is not published.</param>
/// <param name="clock">The silo's clock.</param>
public sealed class EventRelay(IEventSink? sink, TimeProvider clock)
{
    // A relay that is behind reads on by itself: one hint for many appends is enough.
    private static readonly TimeSpan BetweenHints = TimeSpan.FromMilliseconds(50);

    private long _lastHint;

    public IEventSink? Sink { get; } = sink;

    /// <summary>Wakes the relay, unless it was woken just before: what comes after a hint waits for its timer at most.</summary>
    public void Hint(IGrainFactory grains)
    {
        if (Sink is null)
        {
            return;
        }

        var last = Volatile.Read(ref _lastHint);
        if (clock.GetElapsedTime(last) >= BetweenHints && Interlocked.CompareExchange(ref _lastHint, clock.GetTimestamp(), last) == last)
        {
            _ = grains.GetGrain<IEventRelayGrain>(Sink.Name).WakeAsync();
        }
    }
}

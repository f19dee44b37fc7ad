using Game.Contracts.Broadcast;
using Game.Grains.LogPumps;

namespace Game.Grains.Relay;

/// <summary>
/// A silo's side of the relay: where the log goes, and the hint that it has grown. Safe for concurrent use.
/// </summary>
/// <param name="sink">Null: the log is not published.</param>
/// <param name="clock">The silo's clock.</param>
public sealed class EventRelay(IEventSink? sink, TimeProvider clock)
{
    private readonly HintPace _pace = new(clock, TimeSpan.FromMilliseconds(50));

    public IEventSink? Sink { get; } = sink;

    /// <summary>Wakes the relay, unless it was woken just before: what comes after a hint waits for its timer at most.</summary>
    public void Hint(IGrainFactory grains)
    {
        if (Sink is not null && _pace.TryTake())
        {
            _ = grains.GetGrain<IEventRelayGrain>(Sink.Name).WakeAsync();
        }
    }
}

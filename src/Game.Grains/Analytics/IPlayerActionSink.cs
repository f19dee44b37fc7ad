using Game.Contracts.Analytics;

namespace Game.Grains.Analytics;

/// <summary>
/// Where grains tell what players do. One instance a silo, in its container; to be called from grains' turns. Play never waits
/// for it: what the stream cannot take in time is dropped and counted (<c>analytics.actions.dropped</c>).
/// </summary>
public interface IPlayerActionSink
{
    /// <summary>Puts an action on its way; false if too many are under way and it was dropped.</summary>
    bool TryWrite(PlayerAction action);

    /// <summary>Completes when the stream has taken the action: for what must not be lost, such as money.</summary>
    Task WriteAsync(PlayerAction action);
}

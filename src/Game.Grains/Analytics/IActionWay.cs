using Game.Contracts.Analytics;

namespace Game.Grains.Analytics;

/// <summary>A way onto the stream of player actions for what no log holds. Safe for concurrent use.</summary>
public interface IActionWay
{
    /// <summary>
    /// Completes when the actions are on the stream or wait durably, to go there by themselves. Actions of one bucket keep the order of
    /// the calls that follow one another.
    /// </summary>
    /// <exception cref="ActionsNotTakenException">Not all were taken; any of them may be on the stream all the same.</exception>
    Task WriteAsync(string bucket, IReadOnlyList<PlayerAction> actions);
}

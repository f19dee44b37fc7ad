using Game.Domain.Analytics.Processors;

namespace Game.Grains.Analytics;

/// <summary>How a shard computes its analytics.</summary>
public sealed record AnalyticsOptions
{
    /// <summary>
    /// How long after a batch that was not full the next one gathers, for each bucket. A batch costs a dozen appends however
    /// small it is, so that a trickle of single actions must not become as many batches.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether the streams keep what they took when the process dies; those in memory do not.</summary>
    public bool KeepsStreams { get; init; }

    /// <summary>What the streams keep, to be computed again; null: nothing.</summary>
    public IActionHistory? History { get; init; }

    /// <summary>Whether analytics is told what players do in the game, from the shard's log (<see cref="ActionRelayGrain"/>).</summary>
    public bool TellsLog { get; init; } = true;

    /// <summary>How actions that no log holds get onto the stream; null: directly.</summary>
    public IActionWay? Way { get; init; }

    public IReadOnlyList<Processor> Processors { get; init; } = ProcessorCatalog.All;
}

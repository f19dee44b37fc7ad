using Game.Domain.Analytics.Processors;

namespace Game.Grains.Analytics;

/// <summary>How a shard computes its analytics.</summary>
public sealed record AnalyticsOptions
{
    /// <summary>
    /// The generation of windows that actions are folded into, at least 1. A new one begins empty: with the stream set back to a
    /// chosen time everything from there on is computed again beside the old one, which stays readable.
    /// </summary>
    public int Generation { get; init; } = 1;

    public IReadOnlyList<Processor> Processors { get; init; } = ProcessorCatalog.All;
}

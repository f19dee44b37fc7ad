using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics;
using Game.Domain.Analytics.Buckets;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;
using Game.Grains.EventSourcing;

namespace Game.Simulation.Tests;

/// <summary>
/// What holds for a shard's analytics in every world at rest: every action of its log is counted once, in every window of its time. Over
/// streams in memory windows may have more, where a silo died in the middle of a fold.
/// </summary>
internal sealed class AnalyticsRules(ShardLog log, bool windowsAreExact)
{
    /// <exception cref="RuleBrokenException">Something does not hold.</exception>
    public void Check()
    {
        var told = Told();
        var counters = log.Keys(StreamName.ActionBucket)
            .Select(bucket => log.Events(StreamName.Of(StreamName.ActionBucket, bucket)).Aggregate(
                ActionBucket.Initial(bucket), (state, entry) => state.Apply(entry.Fact)).Counters)
            .ToList();
        Require(counters.Sum(counter => counter.Counted) == told.Count, $"counts {counters.Sum(counter => counter.Counted)} actions of {told.Count}");
        Require(counters.All(counter => counter.Unusable == 0), "takes actions of its own log for unusable");
        var expected = told.GroupBy(action => ActionRules.Name(action.Kind)).ToDictionary(group => group.Key, group => (long)group.Count());
        foreach (var resolution in Resolutions.All)
        {
            var shown = Counts(resolution);
            Require(
                shown.Count == expected.Count && expected.All(kind =>
                    shown.GetValueOrDefault(kind.Key) is var count && (windowsAreExact ? count == kind.Value : count >= kind.Value)),
                $"shows by {resolution} {Text(shown)}; its log has {Text(expected)}");
        }
    }

    private static string Text(IReadOnlyDictionary<string, long> counts) =>
        string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value} {count.Key}"));

    private List<PlayerAction> Told()
    {
        var told = new List<PlayerAction>();
        foreach (var stream in log.Streams)
        {
            GameEvent? first = null;
            foreach (var (stored, fact) in log.Events(stream))
            {
                first ??= fact;
                told.AddRange(ServerActions.Of(new ShardFact(log.Node.Name, stored.Position, StreamName.KeyOf(stream), fact, first)));
            }
        }

        return told;
    }

    private Dictionary<string, long> Counts(Resolution resolution)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var prefix = $"1.{new BehaviourProcessor().Name}.{resolution.ToString().ToLowerInvariant()}.";
        foreach (var window in log.Keys(StreamName.Window).Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var span = log.Events(StreamName.Of(StreamName.Window, window))
                .Aggregate(WindowSpan.Initial(window), (state, entry) => state.Apply(entry.Fact));
            foreach (var (key, metric) in span.Panes.Panes.Values.SelectMany(pane => pane.Metrics).Where(entry => entry.Key.Name == BehaviourProcessor.Actions))
            {
                counts[key.Dimension] = counts.GetValueOrDefault(key.Dimension) + ((Counter)metric).Value;
            }
        }

        return counts;
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RuleBrokenException($"the analytics of {log.Node.Name} {otherwise}");
        }
    }
}

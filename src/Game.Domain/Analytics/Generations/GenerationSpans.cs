using Game.Contracts.Analytics;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Generations;

/// <summary>Which generation's windows are shown when, in minutes since 1970: from the first to before the second.</summary>
public readonly record struct GenerationSpan(int Generation, long From, long To);

/// <summary>What a generation shows: its own windows, and before its time those of the one it is based on.</summary>
public static class GenerationSpans
{
    /// <summary>Without a gap, the newest first. A number that nobody has given shows its own, which are none.</summary>
    public static IEnumerable<GenerationSpan> Of(GenerationsView view, int number)
    {
        var to = long.MaxValue;
        for (int? next = number; next is { } current; next = view.Find(current)?.Base)
        {
            var from = view.Find(current)?.From is { } since ? Resolutions.MinuteOf(since) : long.MinValue;
            if (from < to)
            {
                yield return new GenerationSpan(current, from, to);
                to = from;
            }
        }
    }
}

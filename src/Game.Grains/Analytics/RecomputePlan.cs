using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Generations;

namespace Game.Grains.Analytics;

/// <summary>Where in the topic a generation that shows windows from a time on has to begin.</summary>
internal static class RecomputePlan
{
    /// <summary>Actions happen at most this long after the time of their record.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    /// <summary>How long before the first window reading begins, as far as that is kept, so that who plays by then is known.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(24);

    public static async Task<Outcome<BeginRecompute>> MakeAsync(
        IActionHistory? history, TimeProvider clock, int generation, DateTimeOffset from)
    {
        if (AnalyticsGenerations.CheckFrom(from, clock.GetUtcNow()) is { } refusal)
        {
            return Outcome.Refuse<BeginRecompute>(refusal);
        }

        if (history is null)
        {
            return Outcome.Refuse<BeginRecompute>(Refusal.Conflict(
                RefusalCodes.RecomputeUnavailable, "Without Kafka nothing keeps what players did."));
        }

        try
        {
            var gone = (await history.FindAsync(from - Ahead)).Where(place => !place.IsWhole).ToList();
            if (gone.Count > 0)
            {
                return Outcome.Refuse<BeginRecompute>(Refusal.Invalid("from", gone.Max(place => place.KeptSince) is { } since
                    ? $"{(since + Ahead).UtcDateTime.Date.AddDays(1):yyyy-MM-dd}T00:00:00Z or later: the topic keeps nothing older"
                    : "within what the topic keeps"));
            }

            var places = await history.FindAsync(from - Before);
            return Outcome.Accept(
                new BeginRecompute(
                    $"begin-{generation}", generation, from, [.. places.Select(place => new PartitionPlace(place.Partition, place.Offset))]),
                0);
        }
        catch (ActionHistoryException exception)
        {
            return Outcome.Refuse<BeginRecompute>(Refusal.Unavailable(RefusalCodes.HistoryUnavailable, exception.Message));
        }
    }
}

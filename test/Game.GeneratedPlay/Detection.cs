using Game.Contracts.Analytics;
using Game.Domain.Analytics.Buckets;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.GeneratedPlay;

/// <summary>What detection made of a generated population.</summary>
public sealed record Detection
{
    private const int Batch = 500;

    /// <summary>Every alert and who it is about.</summary>
    public required IReadOnlyList<(Alert Alert, Conduct Conduct)> Alerts { get; init; }

    public required IReadOnlyDictionary<Conduct, int> Players { get; init; }

    public required long Actions { get; init; }

    /// <summary>Hours that honest players played.</summary>
    public required double HonestHours { get; init; }

    /// <summary>Of the players with an alert, the share that cheats.</summary>
    public double Precision => (double)Flagged(cheating: true) / Math.Max(1, Flagged(cheating: true) + Flagged(cheating: false));

    /// <summary>Of the players who cheat, the share with an alert.</summary>
    public double Recall =>
        (double)Flagged(cheating: true) / Math.Max(1, Players.Where(entry => entry.Key != Conduct.Honest).Sum(entry => entry.Value));

    public double FalseAlertsPerThousandHours =>
        Alerts.Count(entry => entry.Conduct == Conduct.Honest) * 1000 / Math.Max(1, HonestHours);

    public double RecallOf(Conduct conduct) =>
        (double)Alerts.Where(entry => entry.Conduct == conduct).Select(entry => entry.Alert.Player).Distinct().Count()
        / Math.Max(1, Players.GetValueOrDefault(conduct));

    /// <summary>Folds the play as the grains do, in batches, each from the memory that the one before left as bytes.</summary>
    public static Detection Run(PlayPlan plan, IReadOnlyList<Processor>? processors = null)
    {
        processors ??= [new AnomalyProcessor()];
        var generator = new PlayGenerator(plan);
        var conducts = generator.Players.ToDictionary(player => player.Id, player => player.Conduct, StringComparer.Ordinal);
        var alerts = new List<(Alert, Conduct)>();
        var actions = 0L;
        var none = new Dictionary<WindowKey, ActionOffset>();
        for (var number = 0; number < plan.Buckets; number++)
        {
            var bucket = ActionBucket.Initial("");
            foreach (var chunk in generator.Bucket(number).Chunk(Batch))
            {
                PlacedAction[] batch = [.. chunk.Select(action => new PlacedAction(new ActionOffset(actions++, 0), action))];
                var folded = BucketFold.Fold(1, processors, bucket, batch, none);
                bucket = bucket.Apply(bucket.Decide(folded.Command!, PlayPlan.Start).Events.Single());
                alerts.AddRange(folded.Partials
                    .Where(partial => partial.Window.Resolution == Resolution.Day && partial.Window.Processor == "anomalies")
                    .SelectMany(partial => partial.Content.Panes.Values)
                    .SelectMany(pane => pane.Metrics.Values.OfType<AlertList>())
                    .SelectMany(list => list.Alerts)
                    .Select(alert => (alert, conducts[alert.Player])));
            }
        }

        return new Detection
        {
            Alerts = alerts,
            Players = conducts.Values.GroupBy(conduct => conduct).ToDictionary(group => group.Key, group => group.Count()),
            Actions = actions,
            HonestHours = conducts.Values.Count(conduct => conduct == Conduct.Honest) * plan.Hours,
        };
    }

    private int Flagged(bool cheating) =>
        Alerts.Where(entry => (entry.Conduct != Conduct.Honest) == cheating).Select(entry => entry.Alert.Player).Distinct().Count();
}

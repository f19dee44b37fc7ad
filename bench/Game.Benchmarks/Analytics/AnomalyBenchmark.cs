using Game.GeneratedPlay;

namespace Game.Benchmarks.Analytics;

/// <summary>
/// Detection against generated play with known cheaters, on seeds of its own: what the thresholds were set on is not measured
/// here. The same runs give the same figures on every machine.
/// </summary>
public sealed class AnomalyBenchmark : IBenchmark
{
    public string Name => "anomalies";

    public Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var mixed = Detection.Run(new PlayPlan(Seed: 303, Players: quick ? 300 : 1_600, Hours: 4, Cheaters: 0.1));
        cancellationToken.ThrowIfCancellationRequested();
        var plain = Detection.Run(new PlayPlan(Seed: 404, Players: quick ? 250 : 1_600, Hours: 4, Cheaters: 0));
        return Task.FromResult<IReadOnlyList<Row>>(
        [
            Row.Single(
                $"precision, {mixed.Players.Values.Sum()} players, {mixed.Actions:N0} actions",
                mixed.Precision * 100,
                "%",
                "≥ 95 %",
                ours => ours >= 95),
            Row.Single("recall, all cheaters", mixed.Recall * 100, "%", "≥ 80 %", ours => ours >= 80),
            Row.Single($"recall, {mixed.Players[Conduct.Bot]} bots", mixed.RecallOf(Conduct.Bot) * 100, "%"),
            Row.Single($"recall, {mixed.Players[Conduct.Speeder]} speeders", mixed.RecallOf(Conduct.Speeder) * 100, "%"),
            Row.Single($"recall, {mixed.Players[Conduct.Farmer]} farmers", mixed.RecallOf(Conduct.Farmer) * 100, "%"),
            Row.Single(
                $"false alerts per 1,000 player-hours, {plain.HonestHours:N0} h of plain play ({Reasons(plain)})",
                plain.FalseAlertsPerThousandHours,
                "alerts",
                "< 1",
                ours => ours < 1),
        ]);
    }

    private static string Reasons(Detection detection) => detection.Alerts.Count == 0
        ? "none"
        : string.Join(", ", detection.Alerts.CountBy(entry => entry.Alert.Reason).Select(reason => $"{reason.Key} {reason.Value}"));
}

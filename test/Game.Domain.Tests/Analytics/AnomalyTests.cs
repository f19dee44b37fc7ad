using Game.GeneratedPlay;

namespace Game.Domain.Tests.Analytics;

/// <summary>Detection against play with known cheaters. docs/analytics.md has the model and the figures of longer runs.</summary>
public sealed class AnomalyTests
{
    [Fact]
    public void PlainPlayers_RaiseLessThanOneFalseAlertInAThousandHours()
    {
        var detection = Detection.Run(new PlayPlan(Seed: 11, Players: 320, Hours: 6, Cheaters: 0));

        TestContext.Current.TestOutputHelper!.WriteLine($"{detection.HonestHours} h: {string.Join("; ", detection.Alerts)}");
        Assert.True(detection.Actions > 1_000_000);
        Assert.InRange(detection.FalseAlertsPerThousandHours, 0, 1);
    }

    [Fact]
    public void Cheaters_AreFound_AndFewOthers()
    {
        var detection = Detection.Run(new PlayPlan(Seed: 12, Players: 400, Hours: 4, Cheaters: 0.1));

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"precision {detection.Precision:P1}, recall {detection.Recall:P1}; alerts: "
            + string.Join(", ", detection.Alerts.CountBy(entry => (entry.Conduct, entry.Alert.Reason))));
        Assert.True(detection.Players[Conduct.Bot] > 5 && detection.Players[Conduct.Speeder] > 5 && detection.Players[Conduct.Farmer] > 5);
        Assert.True(detection.Precision >= 0.95, $"Precision {detection.Precision}");
        Assert.True(detection.Recall >= 0.8, $"Recall {detection.Recall}");
    }
}

using System.Text.Json;

namespace Game.Deployment.Tests;

/// <summary>Alerts and dashboards of k8s/dashboards/. That the metrics they name are there is shown by ManifestStartTests.</summary>
public sealed class AlertTests
{
    private static readonly string Folder = Repository.PathOf("k8s/dashboards");

    [Theory]
    [InlineData("check", "rules", "alerts.yaml")]
    [InlineData("test", "rules", "alerts.test.yaml")]
    [InlineData("check", "config", "prometheus.yml")]
    public async Task Promtool_FindsNothingWrong(string command, string what, string file)
    {
        Tool.Require("promtool", "prometheus");
        var (code, output, error) = await Tool.RunAsync("promtool", [command, what, Path.Combine(Folder, file)]);
        Assert.True(code == 0, output + error);
    }

    /// <summary>docs/operations.md says of every alert what to do, and of no other; every alert has a test.</summary>
    [Fact]
    public void EveryAlert_IsExplained_AndTested()
    {
        var alerts = Assert.Single(Manifest.Parse(File.ReadAllText(Path.Combine(Folder, "alerts.yaml"))))
            .Items("groups").SelectMany(group => group.Items("rules")).Select(rule => rule.Text("alert")!).Order(StringComparer.Ordinal).ToList();
        var explained = File.ReadLines(Repository.PathOf("docs/operations.md"))
            .SkipWhile(line => line != "## Alerts").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).Order(StringComparer.Ordinal);
        Assert.Equal(alerts, explained);

        var tests = File.ReadAllText(Path.Combine(Folder, "alerts.test.yaml"));
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert}\n        exp_alerts:", tests, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryDashboard_IsWhole()
    {
        var files = Directory.GetFiles(Folder, "*.json");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var board = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file));
            var panels = board.GetProperty("panels").EnumerateArray().ToList();
            Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
            Assert.All(panels, panel => Assert.All(
                panel.GetProperty("targets").EnumerateArray(), target => Assert.NotEmpty(target.GetProperty("expr").GetString()!)));
        }

        Assert.True(MetricNames.Used().Count > 20, "The queries have not been found.");
    }
}

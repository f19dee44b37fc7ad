using System.Text.RegularExpressions;

namespace Game.Deployment.Tests;

/// <summary>Names of metrics: those that a silo shows, and those that alerts and dashboards ask for.</summary>
internal static partial class MetricNames
{
    /// <summary>Names of Prometheus itself, not of a silo.</summary>
    private static readonly HashSet<string> Others = ["up", "kube_pod_container_status_restarts_total"];

    /// <summary>What stands in queries and is no metric.</summary>
    private static readonly HashSet<string> Words =
    [
        "by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "bool", "offset", "le", "inf",
        "sum", "max", "min", "avg", "count", "rate", "increase", "histogram_quantile", "clamp_min", "absent", "changes", "topk", "delta", "label_values", "max_over_time", "min_over_time",
    ];

    /// <summary>Names in a text of /metrics, with the suffixes of histograms.</summary>
    public static IEnumerable<string> Shown(string text) => text.Split('\n')
        .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
        .Select(line => line.Split(' '))
        .SelectMany(type => type[3] == "histogram" ? new[] { "_bucket", "_sum", "_count" }.Select(suffix => type[2] + suffix) : [type[2]]);

    /// <summary>Every metric that a query of k8s/dashboards/ names, with its file.</summary>
    public static IReadOnlyList<(string File, string Metric)> Used() =>
    [
        .. Directory.GetFiles(Repository.PathOf("k8s/dashboards")).Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal))
            .SelectMany(file => Queries(File.ReadAllText(file)).SelectMany(In).Distinct().Select(metric => (Path.GetFileName(file), metric))),
    ];

    private static IEnumerable<string> Queries(string text) =>
        Query().Matches(text).Select(match => match.Groups["query"].Value.Replace("\\\"", "\"", StringComparison.Ordinal));

    private static IEnumerable<string> In(string query)
    {
        // Labels, their values, ranges and lists of labels go; what is left are names.
        var bare = Noise().Replace(query, " ");
        return Word().Matches(bare).Select(match => match.Value).Where(word => !Words.Contains(word) && !Others.Contains(word));
    }

    [GeneratedRegex("""(^\s+expr: (?<query>.+)$|"expr": "(?<query>(\\.|[^"\\])*)")""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Query();

    [GeneratedRegex("""\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(by|without|on|ignoring)\s*\([^)]*\)|\$\w+""")]
    private static partial Regex Noise();

    [GeneratedRegex("[a-z_][a-z0-9_]*[a-z0-9](?![a-z0-9_])")]
    private static partial Regex Word();
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Game.Benchmarks.Broker;

/// <summary>What a run of PerfTest measured. Rates in messages a second, latencies in milliseconds.</summary>
internal sealed record PerfTestResult(double Sent, double Received, double Median, double P99);

/// <summary>
/// RabbitMQ's own load generator, <c>perf-test</c> of the folder that RABBITMQ_PERF_TEST names, or of
/// <c>../shared/rabbitmq-perf-test</c> beside the repository. Needs Java.
/// </summary>
internal sealed partial class PerfTest(string program, Uri broker)
{
    private const string Variable = "RABBITMQ_PERF_TEST";

    /// <summary>Why a row has no baseline.</summary>
    public const string Missing = $"PerfTest is missing; set {Variable} to its folder";

    /// <returns>Null if it is not here.</returns>
    public static PerfTest? Find(Uri broker)
    {
        var folder = Environment.GetEnvironmentVariable(Variable) ?? Path.Combine("..", "shared", "rabbitmq-perf-test");
        var program = File.Exists(folder) ? folder : Path.Combine(folder, "perf-test");
        return File.Exists(program) ? new PerfTest(Path.GetFullPath(program), broker) : null;
    }

    /// <exception cref="InvalidOperationException">It failed, or its summary cannot be read.</exception>
    public async Task<PerfTestResult> RunAsync(string arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in $"--uri {broker.ToString().TrimEnd('/')} -qq -ad false {arguments}".Split(' '))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var latency = Latency().Match(said);
        return Rate(said, "sending") is { } sent && Rate(said, "receiving") is { } received
            ? new PerfTestResult(sent, received, Milliseconds(latency, 1), Milliseconds(latency, 2))
            : throw new InvalidOperationException($"perf-test {arguments} failed: {said}{await errors}");
    }

    private static double? Rate(string said, string direction) =>
        Regex.Match(said, $"{direction} rate avg: ([0-9]+)") is { Success: true } match
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    private static double Milliseconds(Match latency, int group) =>
        latency.Success ? double.Parse(latency.Groups[group].Value, CultureInfo.InvariantCulture) / 1000 : double.NaN;

    /// <summary>The line of the whole run; those of its seconds begin with the time.</summary>
    [GeneratedRegex("id: [^ ,]+, consumer latency min/median/75th/95th/99th [0-9]+/([0-9]+)/[0-9]+/[0-9]+/([0-9]+)")]
    private static partial Regex Latency();
}

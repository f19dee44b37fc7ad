using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Game.Benchmarks.Micro;

/// <summary>
/// Single operations, measured by BenchmarkDotNet: its statistics decide how often one is repeated. A class's categories
/// are its operations, each measured twice: ours and the baseline.
/// </summary>
public sealed class MicroBenchmark : IBenchmark
{
    public string Name => "micro";

    public Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var job = (quick ? Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(100)) : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "game-micro"));
        var rows = new List<Row>();
        foreach (var type in (Type[])[typeof(EventOperations), typeof(RankingOperations)])
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.AddRange(ToRows(BenchmarkRunner.Run(type, config)));
        }

        return Task.FromResult<IReadOnlyList<Row>>(rows);
    }

    private static IEnumerable<Row> ToRows(Summary summary)
    {
        if (summary.HasCriticalValidationErrors)
        {
            throw new InvalidOperationException(string.Join(' ', summary.ValidationErrors.Select(error => error.Message)));
        }

        foreach (var operation in summary.Reports.GroupBy(report => report.BenchmarkCase.Descriptor.Categories.Single()))
        {
            var ours = operation.Single(report => !report.BenchmarkCase.Descriptor.Baseline);
            var baseline = operation.Single(report => report.BenchmarkCase.Descriptor.Baseline);
            yield return Row.Cost(operation.Key, Mean(ours), Mean(baseline), "ns");
            yield return Row.Single($"{operation.Key}: allocated", ours.GcStats.GetBytesAllocatedPerOperation(ours.BenchmarkCase) ?? 0, "B");
        }
    }

    private static double Mean(BenchmarkReport report) => report.ResultStatistics?.Mean
        ?? throw new InvalidOperationException($"{report.BenchmarkCase.DisplayInfo} was not measured.");
}

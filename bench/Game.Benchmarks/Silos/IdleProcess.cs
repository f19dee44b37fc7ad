using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Game.Benchmarks.Grains;

namespace Game.Benchmarks.Silos;

/// <summary>
/// A child process with nothing in it but idle shards, or idle silos of bare Orleans: so processor time and memory are theirs alone.
/// It tells its figures as one line of JSON.
/// </summary>
internal static class IdleProcess
{
    /// <summary>The first argument of a process that is such a child.</summary>
    public const string Verb = "idle";
    public const string ShardsKind = "shards";
    public const string BareKind = "bare";

    /// <summary>In the child.</summary>
    /// <param name="kind">What to start.</param>
    /// <param name="count">How many.</param>
    /// <param name="settleSeconds">What follows the start for so long does not count: code is still being compiled.</param>
    /// <param name="seconds">How long processor time is counted.</param>
    public static async Task RunAsync(string kind, int count, int settleSeconds, int seconds)
    {
        using var process = Process.GetCurrentProcess();
        var running = await StartAsync(kind, count);
        var start = DateTime.Now - process.StartTime;
        await Task.Delay(TimeSpan.FromSeconds(settleSeconds));

        process.Refresh();
        var (used, since) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        process.Refresh();
        var processor = (process.TotalProcessorTime - used).TotalMilliseconds / Stopwatch.GetElapsedTime(since).TotalSeconds;

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var memory = Environment.WorkingSet / 1048576.0;

        var stopping = Stopwatch.GetTimestamp();
        foreach (var one in running)
        {
            await one.DisposeAsync();
        }

        Console.WriteLine(JsonSerializer.Serialize(
            new IdleFigures(start.TotalSeconds, processor, memory, Stopwatch.GetElapsedTime(stopping).TotalSeconds)));
    }

    /// <summary>Runs such a child and reads what it tells.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<IdleFigures> MeasureAsync(
        string kind, int count, int settleSeconds, int seconds, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string[] arguments =
            [typeof(IdleProcess).Assembly.Location, Verb, kind, .. ((int[])[count, settleSeconds, seconds]).Select(Text)];
        foreach (var argument in arguments.Skip(IsHost(Environment.ProcessPath!) ? 0 : 1))
        {
            start.ArgumentList.Add(argument);
        }

        using var child = Process.Start(start)!;
        try
        {
            var output = await child.StandardOutput.ReadToEndAsync(cancellationToken);
            await child.WaitForExitAsync(cancellationToken);
            return child.ExitCode == 0
                ? JsonSerializer.Deserialize<IdleFigures>(output)!
                : throw new InvalidOperationException($"The process of {count} idle {kind} ended with {child.ExitCode}.");
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill();
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the process is .NET's own launcher, which has to be told the assembly.</summary>
    private static bool IsHost(string path) => Path.GetFileNameWithoutExtension(path) == "dotnet";

    private static async Task<IReadOnlyList<IAsyncDisposable>> StartAsync(string kind, int count)
    {
        if (kind == ShardsKind)
        {
            return [await Shards.StartAsync(new ShardsSetup { Count = count, Dashboard = true }, CancellationToken.None)];
        }

        var silos = new List<IAsyncDisposable>();
        while (silos.Count < count)
        {
            silos.Add(await BareSilo.StartAsync(CancellationToken.None));
        }

        return silos;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Game.Benchmarks;
using Game.Benchmarks.Silos;

const string Usage = "usage: Game.Benchmarks [NAME ...] [--quick] [--out DIR] [--list]";

if (args is [IdleProcess.Verb, var kind, var count, var settle, var seconds])
{
    await IdleProcess.RunAsync(
        kind,
        int.Parse(count, CultureInfo.InvariantCulture),
        int.Parse(settle, CultureInfo.InvariantCulture),
        int.Parse(seconds, CultureInfo.InvariantCulture));
    return 0;
}

var quick = false;
var output = Path.Combine("artifacts", "bench");
var names = new List<string>();
var benchmarks = typeof(IBenchmark).Assembly.GetTypes()
    .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IBenchmark)))
    .Select(type => (IBenchmark)Activator.CreateInstance(type)!)
    .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal)
    .ToList();

for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--quick":
            quick = true;
            break;
        case "--out" when i + 1 < args.Length:
            output = args[++i];
            break;
        case "--list":
            benchmarks.ForEach(benchmark => Console.WriteLine(benchmark.Name));
            return 0;
        case var option when option.StartsWith('-'):
            await Console.Error.WriteLineAsync($"Unknown option {option}.\n{Usage}");
            return 2;
        default:
            names.Add(args[i]);
            break;
    }
}

var unknown = names.Where(name => benchmarks.TrueForAll(benchmark => benchmark.Name != name)).ToList();
if (unknown.Count > 0)
{
    await Console.Error.WriteLineAsync(
        $"No benchmark {string.Join(", ", unknown)}. There are: {string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}.");
    return 2;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

Directory.CreateDirectory(output);
var open = 0;
var json = new JsonSerializerOptions { WriteIndented = true };
foreach (var benchmark in benchmarks.Where(benchmark => names.Count == 0 || names.Contains(benchmark.Name)))
{
    var clock = Stopwatch.StartNew();
    var rows = await benchmark.RunAsync(quick, interrupted.Token);
    await File.WriteAllTextAsync(
        Path.Combine(output, benchmark.Name + ".json"), JsonSerializer.Serialize(rows, json) + "\n", interrupted.Token);
    open += rows.Count(row => row.Open);
    Table.Write(Console.Out, $"{benchmark.Name} ({clock.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)} s)", rows);
}

if (open > 0)
{
    await Console.Error.WriteLineAsync($"{open} goals could not be judged: their rows say what is missing.");
    return 1;
}

return 0;

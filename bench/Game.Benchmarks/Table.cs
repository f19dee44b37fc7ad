using System.Globalization;

namespace Game.Benchmarks;

/// <summary>Prints rows as an aligned table.</summary>
internal static class Table
{
    private static readonly string[] Headings = ["row", "ours", "baseline", "ratio", "unit", "goal", "met"];

    public static void Write(TextWriter writer, string title, IReadOnlyList<Row> rows)
    {
        string[][] lines =
        [
            Headings,
            .. rows.Select(row => new[]
            {
                row.Name,
                Figure(row.Ours),
                row.Baseline is { } baseline ? Figure(baseline) : "–",
                row.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) + "×" : "–",
                row.Unit,
                row.Goal ?? "–",
                row.Met switch { true => "yes", false => "NO", null => "–" },
            }),
        ];
        var widths = Enumerable.Range(0, Headings.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();

        writer.WriteLine();
        writer.WriteLine(title);
        foreach (var line in lines)
        {
            writer.WriteLine("  " + string.Join("  ", line.Select((cell, column) =>
                column is 1 or 2 or 3 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private static string Figure(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("G3", CultureInfo.InvariantCulture),
    };
}

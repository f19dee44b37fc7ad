using System.Text.Json.Serialization;

namespace Game.Benchmarks;

/// <summary>One measured figure beside its baseline from the same run.</summary>
/// <param name="Name">What was measured, including the parameters.</param>
/// <param name="Ours">Our figure, in <paramref name="Unit"/>.</param>
/// <param name="Baseline">The baseline's figure in the same unit; null when there is none to compare with.</param>
/// <param name="Ratio">How many times better ours is (greater is better, whatever the unit); null without a baseline.</param>
/// <param name="Goal">The goal in words; null when the row is for information.</param>
/// <param name="Met">Whether the goal was met; null without a goal.</param>
/// <param name="Unit">Unit of both figures, e.g. <c>calls/s</c>, <c>B</c>, <c>ms</c>.</param>
public sealed record Row(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("ours")] double Ours,
    [property: JsonPropertyName("baseline")] double? Baseline,
    [property: JsonPropertyName("ratio")] double? Ratio,
    [property: JsonPropertyName("goal")] string? Goal,
    [property: JsonPropertyName("met")] bool? Met,
    [property: JsonPropertyName("unit")] string Unit)
{
    /// <summary>The goal could not be judged.</summary>
    [JsonIgnore]
    public bool Open => Goal is not null && Met is null;

    /// <summary>A figure of which more is better, such as a rate.</summary>
    public static Row Rate(string name, double ours, double baseline, string unit, string? goal = null, Func<double, double, bool>? met = null) =>
        new(name, ours, baseline, ours / baseline, goal, met?.Invoke(ours, ours / baseline), unit);

    /// <summary>A figure of which less is better, such as a latency or a size.</summary>
    public static Row Cost(string name, double ours, double baseline, string unit, string? goal = null, Func<double, double, bool>? met = null) =>
        new(name, ours, baseline, baseline / ours, goal, met?.Invoke(ours, baseline / ours), unit);

    /// <summary>A figure without a baseline.</summary>
    public static Row Single(string name, double ours, string unit, string? goal = null, Func<double, bool>? met = null) =>
        new(name, ours, null, null, goal, met?.Invoke(ours), unit);

    /// <summary>A figure whose baseline this machine does not have: the goal stays open, and the run ends with a failure.</summary>
    public static Row WithoutBaseline(string name, double ours, string unit, string goal, string reason) =>
        new(name, ours, null, null, $"{goal}: not measured, {reason}", null, unit);
}

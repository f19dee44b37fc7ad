using System.Text.Json.Serialization;

namespace Game.Benchmarks.Silos;

/// <summary>What a process costs in which nobody plays.</summary>
/// <param name="StartSeconds">From the start of the process until all are ready.</param>
/// <param name="ProcessorMilliseconds">Processor time a second.</param>
/// <param name="MemoryMebibytes">Resident, after a collection that gives back what it can.</param>
/// <param name="StopSeconds">Until all have stopped.</param>
internal sealed record IdleFigures(
    [property: JsonPropertyName("start")] double StartSeconds,
    [property: JsonPropertyName("processor")] double ProcessorMilliseconds,
    [property: JsonPropertyName("memory")] double MemoryMebibytes,
    [property: JsonPropertyName("stop")] double StopSeconds);

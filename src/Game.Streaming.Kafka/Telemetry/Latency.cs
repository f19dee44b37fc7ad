namespace Game.Streaming.Kafka.Telemetry;

/// <summary>How long something took, in milliseconds, to within 10 %.</summary>
/// <param name="P50">Half took no longer.</param>
/// <param name="P95">95 % took no longer.</param>
/// <param name="P99">99 % took no longer.</param>
public sealed record Latency(double P50, double P95, double P99);

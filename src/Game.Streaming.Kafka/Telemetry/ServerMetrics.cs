namespace Game.Streaming.Kafka.Telemetry;

/// <summary>What a server did in an interval, as a record of topic <c>server_metrics</c>; the key is the server. Immutable.</summary>
/// <param name="Server">The process.</param>
/// <param name="Shards">The shards it runs.</param>
/// <param name="At">End of the interval, by that server's clock, in UTC.</param>
/// <param name="Seconds">Length of the interval.</param>
/// <param name="Cpu">Processor time used in it, in cores: 1 is one core all the time.</param>
/// <param name="MemoryBytes">Resident memory.</param>
/// <param name="HeapBytes">Managed memory in use.</param>
/// <param name="Threads">Threads of the thread pool.</param>
/// <param name="Connections">Open sessions of players.</param>
/// <param name="RequestsPerSecond">HTTP requests answered.</param>
/// <param name="PacketsInPerSecond">Frames received from sessions.</param>
/// <param name="PacketsOutPerSecond">Frames pushed to sessions; replies are as many as frames received.</param>
/// <param name="CommandsPerSecond">Appends to the shards' logs answered.</param>
/// <param name="RequestMilliseconds">How long HTTP requests took; null if there was none.</param>
/// <param name="CommitMilliseconds">How long appends took; null if there was none.</param>
/// <param name="DatabaseConnections">Open connections to PostgreSQL; null with stores in files.</param>
/// <param name="LogsDropped">Log lines dropped since the server started.</param>
public sealed record ServerMetrics(
    string Server,
    IReadOnlyList<string> Shards,
    DateTimeOffset At,
    double Seconds,
    double Cpu,
    long MemoryBytes,
    long HeapBytes,
    int Threads,
    long Connections,
    double RequestsPerSecond,
    double PacketsInPerSecond,
    double PacketsOutPerSecond,
    double CommandsPerSecond,
    Latency? RequestMilliseconds,
    Latency? CommitMilliseconds,
    long? DatabaseConnections,
    long LogsDropped);

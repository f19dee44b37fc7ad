namespace Game.Streaming.Kafka.Telemetry;

/// <summary>A line of a server's log as a record of topic <c>game_logs</c>; the key is the server. Immutable.</summary>
/// <param name="Server">The process that wrote it.</param>
/// <param name="At">When, by that server's clock, in UTC.</param>
/// <param name="Level"><c>trace</c>, <c>debug</c>, <c>information</c>, <c>warning</c>, <c>error</c> or <c>critical</c>.</param>
/// <param name="Category">The part of the server.</param>
/// <param name="Event">Name of the kind of line; may be empty.</param>
/// <param name="Message">The line, secrets replaced by <c>***</c>.</param>
/// <param name="Fields">The values in the line by name, secrets replaced; at most 16.</param>
/// <param name="Exception">Type, message and stack of what failed, secrets replaced; null if nothing did.</param>
/// <param name="Trace">W3C trace id of what was being done; null if it was not traced.</param>
/// <param name="Dropped">Lines of this server that were dropped before this one since the last record.</param>
public sealed record LogRecord(
    string Server,
    DateTimeOffset At,
    string Level,
    string Category,
    string Event,
    string Message,
    IReadOnlyDictionary<string, string> Fields,
    string? Exception,
    string? Trace,
    long Dropped);

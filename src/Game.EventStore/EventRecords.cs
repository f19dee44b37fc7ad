namespace Game.EventStore;

/// <summary>An event to append: its type's alias, schema version and body (UTF-8 JSON).</summary>
public sealed record EventData(string Type, int SchemaVersion, ReadOnlyMemory<byte> Body);

/// <summary>
/// The events of one command. <paramref name="Fingerprint"/> identifies the command's content, so that a command id used
/// again for another command is noticed; empty if not wanted.
/// </summary>
public sealed record Commit(string CommandId, string Fingerprint, DateTimeOffset At, IReadOnlyList<EventData> Events);

/// <summary>An event as stored. <paramref name="Version"/> is 1-based and dense in its stream.</summary>
public sealed record StoredEvent(
    long Position,
    string Stream,
    long Version,
    string CommandId,
    DateTimeOffset At,
    string Type,
    int SchemaVersion,
    ReadOnlyMemory<byte> Body);

/// <summary>The versions a command appended, both inclusive.</summary>
public sealed record CommandRecord(string CommandId, string Fingerprint, long FirstVersion, long LastVersion);

/// <summary>An event with the record of the command that appended it: all that another store needs to hold the same.</summary>
public sealed record LoggedEvent(StoredEvent Event, CommandRecord Command);

/// <summary>A state at a version. <paramref name="Format"/> tells a reader whether it still understands the body; an unknown one is ignored.</summary>
public sealed record Snapshot(string Stream, long Version, string Format, DateTimeOffset At, ReadOnlyMemory<byte> Body)
{
    /// <summary>Snapshots a store keeps of a stream: the newest ones.</summary>
    public const int Kept = 3;
}

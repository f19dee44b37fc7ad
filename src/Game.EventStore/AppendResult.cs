namespace Game.EventStore;

public enum AppendStatus
{
    Appended,
    Conflict,
    Duplicate,
}

/// <summary>
/// Appended: <see cref="Version"/> is the stream's new version, <see cref="Position"/> its last event's position.
/// Conflict: <see cref="Version"/> is the actual version. Duplicate: <see cref="Command"/> is the record of the earlier append.
/// </summary>
public readonly record struct AppendResult(AppendStatus Status, long Version, long Position, CommandRecord? Command)
{
    public static AppendResult Appended(long version, long position) => new(AppendStatus.Appended, version, position, null);

    public static AppendResult Conflict(long actualVersion) => new(AppendStatus.Conflict, actualVersion, 0, null);

    public static AppendResult Duplicate(CommandRecord command) => new(AppendStatus.Duplicate, command.LastVersion, 0, command);
}

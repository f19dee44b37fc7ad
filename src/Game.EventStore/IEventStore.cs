namespace Game.EventStore;

/// <summary>
/// A shard's append-only event log with snapshots and cursors. Safe for concurrent use. Positions are the global order:
/// dense enough to page by, strictly increasing, and a reader never sees a position appear below one it has read.
/// </summary>
public interface IEventStore : IAsyncDisposable
{
    /// <summary>
    /// Appends <paramref name="commits"/> to one stream in one transaction, after version
    /// <paramref name="expectedVersion"/> (0 = the stream must be empty). All or nothing.
    /// </summary>
    /// <returns>
    /// Appended; or a conflict with the actual version; or a duplicate naming the first commit whose command id the stream
    /// already holds. A duplicate is reported in preference to a conflict.
    /// </returns>
    /// <exception cref="EventStoreException">The store cannot take it; nothing was appended.</exception>
    /// <exception cref="AppendOutcomeUnknownException">It may or may not have been appended: read back by command id.</exception>
    ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default);

    /// <summary>Events of one stream with versions from <paramref name="fromVersion"/> to <paramref name="untilVersion"/>, inclusive.</summary>
    IAsyncEnumerable<StoredEvent> ReadAsync(
        string stream, long fromVersion = 1, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Up to <paramref name="limit"/> events of all streams with positions greater than <paramref name="afterPosition"/>.</summary>
    ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// As <see cref="ReadAllAsync"/>, with the records of the commands. By default they are looked up one by one: a store that
    /// can join does better.
    /// </summary>
    async ValueTask<IReadOnlyList<LoggedEvent>> ReadLogAsync(long afterPosition, int limit, CancellationToken cancellationToken = default)
    {
        var events = await ReadAllAsync(afterPosition, limit, cancellationToken);
        var logged = new List<LoggedEvent>(events.Count);
        CommandRecord? command = null;
        var stream = "";
        foreach (var stored in events)
        {
            if (command is null || stream != stored.Stream || command.CommandId != stored.CommandId)
            {
                stream = stored.Stream;
                command = await FindCommandAsync(stream, stored.CommandId, cancellationToken)
                    ?? throw new EventStoreException($"Stream {stream}, version {stored.Version}: there is no record of command {stored.CommandId}.");
            }

            logged.Add(new LoggedEvent(stored, command));
        }

        return logged;
    }

    /// <summary>The last position of the log; 0 if empty.</summary>
    ValueTask<long> GetHeadAsync(CancellationToken cancellationToken = default);

    /// <summary>What <paramref name="commandId"/> appended to <paramref name="stream"/>, or null.</summary>
    ValueTask<CommandRecord?> FindCommandAsync(string stream, string commandId, CancellationToken cancellationToken = default);

    /// <summary>The last version of <paramref name="stream"/> stored at or before an instant; 0 if there is none.</summary>
    ValueTask<long> FindVersionAsync(string stream, DateTimeOffset at, CancellationToken cancellationToken = default);

    /// <summary>The newest snapshot at or below <paramref name="untilVersion"/>, or null.</summary>
    ValueTask<Snapshot?> ReadSnapshotAsync(string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Stores a snapshot, replacing older ones of its stream beyond the newest few.</summary>
    ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default);

    /// <summary>A durable position by name; 0 if never written.</summary>
    ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Moves a cursor. Moving it backwards is refused with <see cref="ArgumentException"/>.</summary>
    ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default);
}

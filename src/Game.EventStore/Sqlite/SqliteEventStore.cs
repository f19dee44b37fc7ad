using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Game.EventStore.Sqlite;

/// <summary>
/// An event store in one SQLite file (WAL, <c>synchronous=FULL</c>): what has been answered survives a crash of process and
/// machine. One writer thread shares transactions among concurrent callers; reads have connections of their own and see
/// everything answered before they began.
/// </summary>
public sealed class SqliteEventStore : IEventStore
{
    private const int PageSize = 1000;

    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private int _closed;

    private SqliteEventStore(string path)
    {
        _writer = new SqliteWriter(path);
        _readers = new SqliteReaders(path);
    }

    /// <summary>Opens the file, and makes it if there is none.</summary>
    /// <exception cref="EventStoreException">Read-only, corrupt, locked, of a newer build, or the disk is full: the message says which.</exception>
    public static SqliteEventStore Open(string path) => new(Path.GetFullPath(path));

    public async ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default)
    {
        AppendGuard.CheckAppend(stream, expectedVersion, commits);
        var started = Stopwatch.GetTimestamp();
        var result = await WriteAsync(session => session.Append(stream, expectedVersion, commits), cancellationToken);
        EventStoreMetrics.Append(result.Status, Stopwatch.GetElapsedTime(started));
        return result;
    }

    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        string stream,
        long fromVersion = 1,
        long untilVersion = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (fromVersion <= untilVersion)
        {
            var from = fromVersion;
            var page = await ReadAsync(session => session.ReadStream(stream, from, untilVersion, PageSize), cancellationToken);
            foreach (var stored in page)
            {
                yield return stored;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            fromVersion = page[^1].Version + 1;
        }
    }

    public async ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return await ReadAsync(session => session.ReadAll(afterPosition, limit), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<LoggedEvent>> ReadLogAsync(
        long afterPosition, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return await ReadAsync(session => session.ReadLog(afterPosition, limit), cancellationToken);
    }

    public async ValueTask<long> GetHeadAsync(CancellationToken cancellationToken = default) =>
        await ReadAsync(session => session.ReadHead(), cancellationToken);

    public async ValueTask<CommandRecord?> FindCommandAsync(
        string stream, string commandId, CancellationToken cancellationToken = default) =>
        await ReadAsync(session => session.FindCommand(stream, commandId), cancellationToken);

    public async ValueTask<long> FindVersionAsync(string stream, DateTimeOffset at, CancellationToken cancellationToken = default) =>
        await ReadAsync(session => session.FindVersion(stream, at), cancellationToken);

    public async ValueTask<Snapshot?> ReadSnapshotAsync(
        string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        await ReadAsync(session => session.ReadSnapshot(stream, untilVersion), cancellationToken);

    public async ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        AppendGuard.CheckSnapshot(snapshot);
        await WriteAsync(
            session =>
            {
                session.WriteSnapshot(snapshot);
                return true;
            },
            cancellationToken);
    }

    public async ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default) =>
        await ReadAsync(session => session.ReadCursor(name), cancellationToken);

    public async ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default)
    {
        AppendGuard.CheckCursor(name, position);
        var reached = await WriteAsync(session => session.WriteCursor(name, position), cancellationToken);
        AppendGuard.CheckCursorMoves(name, reached, position);
    }

    /// <summary>Durable items beside the log, for the host's own needs (reminders); written by the same group commit.</summary>
    public IDurableItems Items(string collection) => new SqliteItems(this, collection);

    /// <summary>Checks the whole file: SQLite's own integrity check, and that every stream is dense. Empty if all is well.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken = default) =>
        await ReadAsync(session => session.Check(), cancellationToken);

    /// <summary>Finishes what is queued and what is being read, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            await Task.Run(_writer.Dispose);
            await _readers.DisposeAsync();
        }
    }

    internal Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken) =>
        _writer.WriteAsync(write, cancellationToken);

    internal Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken) =>
        _readers.ReadAsync(read, cancellationToken);
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Game.EventStore.Sqlite;

/// <summary>
/// An event store in one SQLite file (WAL, <c>synchronous=FULL</c>): what has been answered survives a crash of process and
/// machine. One writer thread shares transactions among concurrent callers; reads have connections of their own and see
/// everything answered before they began.
/// </summary>
public sealed class SqliteEventStore : IEventStore
{
    private const int PageSize = 1000;

    private readonly string _path;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private volatile bool _closed;

    private SqliteEventStore(string path)
    {
        _path = path;
        _writer = new SqliteWriter(path);
    }

    /// <summary>Opens the file, and makes it if there is none.</summary>
    /// <exception cref="EventStoreException">Read-only, corrupt, locked, of a newer build, or the disk is full: the message says which.</exception>
    public static SqliteEventStore Open(string path) => new(Path.GetFullPath(path));

    public async ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AppendGuard.Check(stream, expectedVersion, commits);
        var result = await _writer.Enqueue(session => session.Append(stream, expectedVersion, commits));
        EventStoreMetrics.Append(result.Status);
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

    public async ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default) =>
        await WriteAsync(session => session.WriteSnapshot(snapshot), cancellationToken);

    public async ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default) =>
        await ReadAsync(session => session.ReadCursor(name), cancellationToken);

    public async ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default) =>
        await WriteAsync(session => session.WriteCursor(name, position), cancellationToken);

    /// <summary>Durable items beside the log, for the host's own needs (reminders); written by the same group commit.</summary>
    public IDurableItems Items(string collection) => new SqliteItems(this, collection);

    /// <summary>Checks the whole file: SQLite's own integrity check, and that every stream is dense. Empty if all is well.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken = default) =>
        await ReadAsync(session => session.Check(), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            await Task.Run(_writer.Dispose);
            while (_readers.TryTake(out var reader))
            {
                reader.Dispose();
            }
        }
    }

    internal async Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await _writer.Enqueue(write);
    }

    // SQLite's calls block, so they stay off the grains' threads.
    internal Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_readers.TryTake(out var session))
            {
                session = new SqliteSession(SqliteFile.OpenForReading(_path));
            }

            try
            {
                var result = read(session);
                if (_closed)
                {
                    session.Dispose();
                }
                else
                {
                    _readers.Add(session);
                }

                return result;
            }
            catch (SqliteException exception)
            {
                session.Dispose();
                throw SqliteFile.Explain(_path, exception);
            }
        },
        cancellationToken);

    private async Task WriteAsync(Action<SqliteSession> write, CancellationToken cancellationToken) => await WriteAsync(
        session =>
        {
            write(session);
            return true;
        },
        cancellationToken);
}

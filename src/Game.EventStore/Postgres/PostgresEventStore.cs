using System.Diagnostics;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Game.EventStore.Postgres;

/// <summary>
/// An event store in a PostgreSQL database that the silos of a shard share. What has been answered survives a crash of
/// silos and server; the expected version decides between silos that write the same stream. Appends of a silo share
/// transactions; reads see everything answered before they began. Safe for concurrent use.
/// </summary>
public sealed class PostgresEventStore : IEventStore
{
    private const int PageSize = 1000;
    private const string EventColumns = "position, version, command_id, at_ticks, type, schema_version, body";

    private readonly string _connectionString;
    private readonly NpgsqlDataSource _source;
    private readonly PostgresWriter _writer;
    private int _closed;

    private PostgresEventStore(string connectionString)
    {
        _connectionString = connectionString;
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true };
        if (settings.MaxAutoPrepare == 0)
        {
            settings.MaxAutoPrepare = 32;
        }

        _source = NpgsqlDataSource.Create(settings);
        _writer = new PostgresWriter(_source, connectionString);
    }

    /// <summary>Opens a database whose schema is there (<see cref="PostgresSchema.MigrateAsync"/>).</summary>
    /// <exception cref="EventStoreException">It is away, refuses, or has another schema: the message says which.</exception>
    public static async Task<PostgresEventStore> OpenAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        var store = new PostgresEventStore(connectionString);
        try
        {
            await using var connection = await store._source.OpenConnectionAsync(cancellationToken);
            await PostgresSchema.CheckAsync(connection, connectionString, cancellationToken);
            return store;
        }
        catch (Exception exception)
        {
            await store.DisposeAsync();
            if (exception is NpgsqlException error)
            {
                throw PostgresErrors.Explain(connectionString, error);
            }

            throw;
        }
    }

    public async ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default)
    {
        AppendGuard.CheckAppend(stream, expectedVersion, commits);
        var started = Stopwatch.GetTimestamp();
        var (result, duplicateOf) = await _writer.WriteAsync(new PostgresAppend(stream, expectedVersion, commits), cancellationToken);
        if (duplicateOf is not null)
        {
            result = AppendResult.Duplicate((await FindCommandAsync(stream, duplicateOf, CancellationToken.None))!);
        }

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
            var page = await QueryAsync(
                $"SELECT {EventColumns} FROM event WHERE stream = (SELECT id FROM stream WHERE name = $1) AND version BETWEEN $2 AND $3 ORDER BY version LIMIT $4",
                row => ReadEvent(row, stream),
                cancellationToken,
                stream,
                fromVersion,
                untilVersion,
                PageSize);
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
        return await QueryAsync(
            $"SELECT {EventColumns}, name FROM event JOIN stream ON stream.id = event.stream WHERE position > $1 ORDER BY position LIMIT $2",
            row => ReadEvent(row, row.GetString(7)),
            cancellationToken,
            afterPosition,
            limit);
    }

    public async ValueTask<IReadOnlyList<LoggedEvent>> ReadLogAsync(
        long afterPosition, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return await QueryAsync(
            """
            SELECT position, version, event.command_id, at_ticks, type, schema_version, body, name, fingerprint, first_version, last_version
              FROM event JOIN stream ON stream.id = event.stream
              JOIN command ON command.stream = event.stream AND command.command_id = event.command_id
             WHERE position > $1 ORDER BY position LIMIT $2
            """,
            row =>
            {
                var stored = ReadEvent(row, row.GetString(7));
                return new LoggedEvent(stored, new CommandRecord(stored.CommandId, row.GetString(8), row.GetInt64(9), row.GetInt64(10)));
            },
            cancellationToken,
            afterPosition,
            limit);
    }

    public async ValueTask<long> GetHeadAsync(CancellationToken cancellationToken = default) =>
        await NumberAsync("SELECT coalesce(max(position), 0) FROM event", cancellationToken);

    public async ValueTask<CommandRecord?> FindCommandAsync(
        string stream, string commandId, CancellationToken cancellationToken = default) =>
        (await QueryAsync(
            "SELECT fingerprint, first_version, last_version FROM command WHERE stream = (SELECT id FROM stream WHERE name = $1) AND command_id = $2",
            row => new CommandRecord(commandId, row.GetString(0), row.GetInt64(1), row.GetInt64(2)),
            cancellationToken,
            stream,
            commandId)).SingleOrDefault();

    /// <summary>Versions of a stream are in the order of their instants only as far as the silos' clocks are.</summary>
    public async ValueTask<long> FindVersionAsync(string stream, DateTimeOffset at, CancellationToken cancellationToken = default) =>
        await NumberAsync(
            "SELECT coalesce(max(version), 0) FROM event WHERE stream = (SELECT id FROM stream WHERE name = $1) AND at_ticks <= $2",
            cancellationToken,
            stream,
            at.UtcTicks);

    public async ValueTask<Snapshot?> ReadSnapshotAsync(
        string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        (await QueryAsync(
            "SELECT version, format, at_ticks, body FROM snapshot WHERE stream = $1 AND version <= $2 ORDER BY version DESC LIMIT 1",
            row => new Snapshot(stream, row.GetInt64(0), row.GetString(1), Instant(row.GetInt64(2)), row.GetFieldValue<byte[]>(3)),
            cancellationToken,
            stream,
            untilVersion)).SingleOrDefault();

    public async ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        AppendGuard.CheckSnapshot(snapshot);
        await ExecuteAsync(
            """
            WITH written AS (
                INSERT INTO snapshot (stream, version, format, at_ticks, body) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (stream, version) DO UPDATE SET format = excluded.format, at_ticks = excluded.at_ticks, body = excluded.body)
            DELETE FROM snapshot WHERE stream = $1 AND version <> $2 AND version NOT IN (
                SELECT v FROM (SELECT version AS v FROM snapshot WHERE stream = $1 UNION SELECT $2) AS kept ORDER BY v DESC LIMIT $6)
            """,
            cancellationToken,
            snapshot.Stream,
            snapshot.Version,
            snapshot.Format,
            snapshot.At.UtcTicks,
            snapshot.Body.ToArray(),
            Snapshot.Kept);
    }

    public async ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default) =>
        await NumberAsync("SELECT coalesce(max(position), 0) FROM cursor WHERE name = $1", cancellationToken, name);

    public async ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default)
    {
        AppendGuard.CheckCursor(name, position);
        var reached = await NumberAsync(
            "INSERT INTO cursor AS c (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = greatest(c.position, $2) RETURNING position",
            cancellationToken,
            name,
            position);
        AppendGuard.CheckCursorMoves(name, reached, position);
    }

    /// <summary>Durable items beside the log, for the host's own needs.</summary>
    public IDurableItems Items(string collection) => new PostgresItems(this, collection);

    /// <summary>Checks that every stream is dense, and the global order but for what was skipped. Empty if all is well.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken = default) => await QueryAsync(
        """
        SELECT format('stream %s has %s events up to version %s', name, count(*), max(version))
          FROM event JOIN stream ON stream.id = event.stream GROUP BY name HAVING count(*) <> max(version)
        UNION ALL
        SELECT format('the log has %s events up to position %s', count(*), max(position)) FROM event
        HAVING count(*) + (SELECT coalesce(sum(until - after), 0) FROM skipped WHERE until < (SELECT max(position) FROM event)) <> max(position)
        """,
        row => row.GetString(0),
        cancellationToken);

    /// <summary>Finishes what is queued, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            await _writer.DisposeAsync();
            await _source.DisposeAsync();
        }
    }

    /// <returns>The rows affected.</returns>
    internal async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        try
        {
            await using var command = CreateCommand(sql, parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Explain(_connectionString, exception);
        }
    }

    internal async Task<List<T>> QueryAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] parameters)
    {
        try
        {
            await using var command = CreateCommand(sql, parameters);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            var results = new List<T>();
            while (await rows.ReadAsync(cancellationToken))
            {
                results.Add(read(rows));
            }

            // A query may write too (RETURNING), and the server commits after it has sent the rows.
            await rows.NextResultAsync(cancellationToken);
            return results;
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Explain(_connectionString, exception);
        }
    }

    private static DateTimeOffset Instant(long ticks) => new(ticks, TimeSpan.Zero);

    private static StoredEvent ReadEvent(NpgsqlDataReader row, string stream) => new(
        row.GetInt64(0),
        stream,
        row.GetInt64(1),
        row.GetString(2),
        Instant(row.GetInt64(3)),
        row.GetString(4),
        row.GetInt32(5),
        row.GetFieldValue<byte[]>(6));

    private async Task<long> NumberAsync(string sql, CancellationToken cancellationToken, params object[] parameters) =>
        (await QueryAsync(sql, row => row.GetInt64(0), cancellationToken, parameters)).Single();

    private NpgsqlCommand CreateCommand(string sql, object[] parameters)
    {
        if (Volatile.Read(ref _closed) != 0)
        {
            throw new EventStoreException($"The event store {PostgresErrors.NameOf(_connectionString)} is closed.");
        }

        var command = _source.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}

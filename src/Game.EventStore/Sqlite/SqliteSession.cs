using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Game.EventStore.Sqlite;

/// <summary>A connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private const string EventColumns = "position, version, command_id, at_ticks, type, schema_version, body";

    private const string SelectStream =
        $"SELECT {EventColumns} FROM event WHERE stream = ? AND version BETWEEN ? AND ? ORDER BY version LIMIT ?";

    private const string SelectAll =
        $"SELECT {EventColumns}, name FROM event JOIN stream ON stream.id = event.stream WHERE position > ? ORDER BY position LIMIT ?";

    private const string SelectLog =
        """
        SELECT position, version, event.command_id, at_ticks, type, schema_version, body, name, fingerprint, first_version, last_version
          FROM event JOIN stream ON stream.id = event.stream
          JOIN command ON command.stream = event.stream AND command.command_id = event.command_id
         WHERE position > ? ORDER BY position LIMIT ?
        """;

    private readonly SqliteConnection _connection;

    // By reference, which is faster than hashing the text: every statement is a constant.
    private readonly Dictionary<object, SqliteStatement> _prepared = new(ReferenceEqualityComparer.Instance);
    private readonly SqliteHeads _heads = new();

    public SqliteSession(SqliteConnection connection)
    {
        _connection = connection;
    }

    public void Begin()
    {
        Prepare("BEGIN IMMEDIATE").Run();
        _heads.Begin(Prepare("PRAGMA data_version").RunScalar() ?? 0);
    }

    public void Commit() => Prepare("COMMIT").Run();

    public void RollBack()
    {
        _heads.Forget();
        foreach (var statement in _prepared.Values)
        {
            statement.Reset();
        }

        Prepare("ROLLBACK").Run();
    }

    public AppendResult Append(string stream, long expectedVersion, IReadOnlyList<Commit> commits)
    {
        var head = _heads.Find(stream) ?? ReadStreamHead(stream);
        if (head is null || head.Version != expectedVersion || commits.Count > 1)
        {
            if (head is not null && FindFirst(head.Id, commits) is { } record)
            {
                return AppendResult.Duplicate(record);
            }

            if ((head?.Version ?? 0) != expectedVersion)
            {
                return AppendResult.Conflict(head?.Version ?? 0);
            }
        }

        head ??= _heads.Add(stream, Prepare("INSERT INTO stream (name) VALUES (?) RETURNING id").Bind(stream).RunScalar()!.Value, 0);
        _heads.Position ??= ReadHead();
        foreach (var commit in commits)
        {
            if (!TryInsertCommand(head, commit))
            {
                // The only commit of this append: nothing of it is written yet.
                return AppendResult.Duplicate(FindCommand(head.Id, commit.CommandId)!);
            }

            foreach (var data in commit.Events)
            {
                Insert(head, commit, data);
            }
        }

        return AppendResult.Appended(head.Version, _heads.Position.Value);
    }

    public void WriteSnapshot(Snapshot snapshot)
    {
        Prepare("INSERT OR REPLACE INTO snapshot (stream, version, format, at_ticks, body) VALUES (?, ?, ?, ?, ?)")
            .Bind(snapshot.Stream).Bind(snapshot.Version).Bind(snapshot.Format).Bind(snapshot.At.UtcTicks).Bind(snapshot.Body.Span).Run();
        Prepare("DELETE FROM snapshot WHERE stream = ?1 AND version NOT IN (SELECT version FROM snapshot WHERE stream = ?1 ORDER BY version DESC LIMIT ?2)")
            .Bind(snapshot.Stream).Bind(Snapshot.Kept).Run();
    }

    /// <returns>Where the cursor stands now: further on than <paramref name="position"/> if it was, for it never goes back.</returns>
    public long WriteCursor(string name, long position) =>
        Prepare("INSERT INTO cursor (name, position) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET position = max(position, ?2) RETURNING position")
            .Bind(name).Bind(position).RunScalar()!.Value;

    public void PutItem(string collection, string key, byte[] value) =>
        Prepare("INSERT OR REPLACE INTO item (collection, key, value) VALUES (?, ?, ?)").Bind(collection).Bind(key).Bind(value).Run();

    public bool RemoveItem(string collection, string key)
    {
        Prepare("DELETE FROM item WHERE collection = ? AND key = ?").Bind(collection).Bind(key).Run();
        return raw.sqlite3_changes(_connection.Handle) > 0;
    }

    public IReadOnlyList<KeyValuePair<string, byte[]>> ReadItems(string collection)
    {
        var rows = Prepare("SELECT key, value FROM item WHERE collection = ? ORDER BY key").Bind(collection);
        var items = new List<KeyValuePair<string, byte[]>>();
        while (rows.Step())
        {
            items.Add(KeyValuePair.Create(rows.GetString(0), rows.GetBytes(1)));
        }

        return items;
    }

    public IReadOnlyList<StoredEvent> ReadStream(string stream, long fromVersion, long untilVersion, int limit)
    {
        var events = new List<StoredEvent>();
        if (FindId(stream) is { } id)
        {
            var rows = Prepare(SelectStream).Bind(id).Bind(fromVersion).Bind(untilVersion).Bind(limit);
            while (rows.Step())
            {
                events.Add(ReadEvent(rows, stream));
            }
        }

        return events;
    }

    public IReadOnlyList<StoredEvent> ReadAll(long afterPosition, int limit)
    {
        var rows = Prepare(SelectAll).Bind(afterPosition).Bind(limit);
        var events = new List<StoredEvent>();
        while (rows.Step())
        {
            events.Add(ReadEvent(rows, rows.GetString(7)));
        }

        return events;
    }

    public IReadOnlyList<LoggedEvent> ReadLog(long afterPosition, int limit)
    {
        var rows = Prepare(SelectLog).Bind(afterPosition).Bind(limit);
        var events = new List<LoggedEvent>();
        while (rows.Step())
        {
            var stored = ReadEvent(rows, rows.GetString(7));
            events.Add(new LoggedEvent(stored, new CommandRecord(stored.CommandId, rows.GetString(8), rows.GetInt64(9), rows.GetInt64(10))));
        }

        return events;
    }

    public long ReadHead() => Prepare("SELECT ifnull(max(position), 0) FROM event").RunScalar()!.Value;

    public CommandRecord? FindCommand(string stream, string commandId) => FindId(stream) is { } id ? FindCommand(id, commandId) : null;

    /// <summary>Versions of a stream are in the order of their instants only as far as the silos' clocks are.</summary>
    public long FindVersion(string stream, DateTimeOffset at) => FindId(stream) is { } id
        ? Prepare("SELECT ifnull(max(version), 0) FROM event WHERE stream = ? AND at_ticks <= ?").Bind(id).Bind(at.UtcTicks).RunScalar()!.Value
        : 0;

    public Snapshot? ReadSnapshot(string stream, long untilVersion)
    {
        var row = Prepare("SELECT version, format, at_ticks, body FROM snapshot WHERE stream = ? AND version <= ? ORDER BY version DESC LIMIT 1")
            .Bind(stream).Bind(untilVersion);
        if (!row.Step())
        {
            return null;
        }

        var snapshot = new Snapshot(stream, row.GetInt64(0), row.GetString(1), Instant(row.GetInt64(2)), row.GetBytes(3));
        row.Reset();
        return snapshot;
    }

    public long ReadCursor(string name) => Prepare("SELECT position FROM cursor WHERE name = ?").Bind(name).RunScalar() ?? 0;

    public IReadOnlyList<string> Check()
    {
        var failures = new List<string>();
        for (var rows = Prepare("PRAGMA integrity_check"); rows.Step();)
        {
            if (rows.GetString(0) is not "ok" and var failure)
            {
                failures.Add(failure);
            }
        }

        const string Gaps =
            "SELECT name, count(version), max(version) FROM event JOIN stream ON stream.id = event.stream GROUP BY event.stream HAVING count(version) <> max(version)";
        for (var rows = Prepare(Gaps); rows.Step();)
        {
            failures.Add($"stream {rows.GetString(0)} has {rows.GetInt64(1)} events up to version {rows.GetInt64(2)}");
        }

        return failures;
    }

    public void Dispose()
    {
        foreach (var statement in _prepared.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private static DateTimeOffset Instant(long ticks) => new(ticks, TimeSpan.Zero);

    private static StoredEvent ReadEvent(SqliteStatement row, string stream) => new(
        row.GetInt64(0),
        stream,
        row.GetInt64(1),
        row.GetString(2),
        Instant(row.GetInt64(3)),
        row.GetString(4),
        (int)row.GetInt64(5),
        row.GetBytes(6));

    private bool TryInsertCommand(StreamHead head, Commit commit)
    {
        Prepare("INSERT OR IGNORE INTO command (stream, command_id, fingerprint, first_version, last_version) VALUES (?, ?, ?, ?, ?)")
            .Bind(head.Id).Bind(commit.CommandId).Bind(commit.Fingerprint).Bind(head.Version + 1).Bind(head.Version + commit.Events.Count).Run();
        return raw.sqlite3_changes(_connection.Handle) > 0;
    }

    private void Insert(StreamHead head, Commit commit, EventData data) =>
        Prepare("INSERT INTO event (position, stream, version, command_id, at_ticks, type, schema_version, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .Bind((++_heads.Position)!.Value).Bind(head.Id).Bind(++head.Version).Bind(commit.CommandId).Bind(commit.At.UtcTicks)
            .Bind(data.Type).Bind(data.SchemaVersion).Bind(data.Body.Span).Run();

    private StreamHead? ReadStreamHead(string stream) => FindId(stream) is { } id
        ? _heads.Add(stream, id, Prepare("SELECT ifnull(max(version), 0) FROM event WHERE stream = ?").Bind(id).RunScalar()!.Value)
        : null;

    private long? FindId(string stream) => Prepare("SELECT id FROM stream WHERE name = ?").Bind(stream).RunScalar();

    private CommandRecord? FindFirst(long stream, IReadOnlyList<Commit> commits)
    {
        foreach (var commit in commits)
        {
            if (FindCommand(stream, commit.CommandId) is { } record)
            {
                return record;
            }
        }

        return null;
    }

    private CommandRecord? FindCommand(long stream, string commandId)
    {
        var row = Prepare("SELECT fingerprint, first_version, last_version FROM command WHERE stream = ? AND command_id = ?")
            .Bind(stream).Bind(commandId);
        if (!row.Step())
        {
            return null;
        }

        var record = new CommandRecord(commandId, row.GetString(0), row.GetInt64(1), row.GetInt64(2));
        row.Reset();
        return record;
    }

    private SqliteStatement Prepare(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(_connection.Handle!, sql);
            _prepared.Add(sql, statement);
        }

        return statement;
    }
}

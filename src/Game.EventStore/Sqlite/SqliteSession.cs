using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Game.EventStore.Sqlite;

/// <summary>A connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private const string EventColumns =
        "e.position, s.name, e.version, e.command_id, e.at_ticks, e.type, e.schema_version, e.body";

    private readonly Dictionary<string, SqliteCommand> _prepared = [];
    private long _head = -1;

    public void Begin()
    {
        Prepare("BEGIN IMMEDIATE").ExecuteNonQuery();

        // Another process may have written, or the last transaction may have been rolled back.
        _head = -1;
    }

    public void Commit() => Prepare("COMMIT").ExecuteNonQuery();

    public void RollBack() => Prepare("ROLLBACK").ExecuteNonQuery();

    public AppendResult Append(string stream, long expectedVersion, IReadOnlyList<Commit> commits)
    {
        var (id, version) = FindStream(stream);
        foreach (var commit in commits)
        {
            if (id != 0 && FindCommand(id, commit.CommandId) is { } record)
            {
                return AppendResult.Duplicate(record);
            }
        }

        if (version != expectedVersion)
        {
            return AppendResult.Conflict(version);
        }

        if (id == 0)
        {
            id = (long)Prepare("INSERT INTO stream (name, version) VALUES ($a, 0) RETURNING id", stream).ExecuteScalar()!;
        }

        if (_head < 0)
        {
            _head = ReadHead();
        }

        foreach (var commit in commits)
        {
            var first = version + 1;
            foreach (var data in commit.Events)
            {
                Prepare(
                    "INSERT INTO event (position, stream, version, command_id, at_ticks, type, schema_version, body) VALUES ($a, $b, $c, $d, $e, $f, $g, $h)",
                    ++_head,
                    id,
                    ++version,
                    commit.CommandId,
                    commit.At.UtcTicks,
                    data.Type,
                    data.SchemaVersion,
                    Bytes(data.Body)).ExecuteNonQuery();
            }

            Prepare(
                "INSERT INTO command (stream, command_id, fingerprint, first_version, last_version) VALUES ($a, $b, $c, $d, $e)",
                id,
                commit.CommandId,
                commit.Fingerprint,
                first,
                version).ExecuteNonQuery();
        }

        Prepare("UPDATE stream SET version = $b WHERE id = $a", id, version).ExecuteNonQuery();
        return AppendResult.Appended(version, _head);
    }

    public void WriteSnapshot(Snapshot snapshot)
    {
        Prepare(
            "INSERT OR REPLACE INTO snapshot (stream, version, format, at_ticks, body) VALUES ($a, $b, $c, $d, $e)",
            snapshot.Stream,
            snapshot.Version,
            snapshot.Format,
            snapshot.At.UtcTicks,
            Bytes(snapshot.Body)).ExecuteNonQuery();
        Prepare(
            "DELETE FROM snapshot WHERE stream = $a AND version NOT IN (SELECT version FROM snapshot WHERE stream = $a ORDER BY version DESC LIMIT $b)",
            snapshot.Stream,
            Snapshot.Kept).ExecuteNonQuery();
    }

    /// <returns>Where the cursor stands now: further on than <paramref name="position"/> if it was, for it never goes back.</returns>
    public long WriteCursor(string name, long position) => (long)Prepare(
        "INSERT INTO cursor (name, position) VALUES ($a, $b) ON CONFLICT DO UPDATE SET position = max(position, $b) RETURNING position",
        name,
        position).ExecuteScalar()!;

    public void PutItem(string collection, string key, byte[] value) =>
        Prepare("INSERT OR REPLACE INTO item (collection, key, value) VALUES ($a, $b, $c)", collection, key, value).ExecuteNonQuery();

    public bool RemoveItem(string collection, string key) =>
        Prepare("DELETE FROM item WHERE collection = $a AND key = $b", collection, key).ExecuteNonQuery() > 0;

    public IReadOnlyList<KeyValuePair<string, byte[]>> ReadItems(string collection)
    {
        using var reader = Prepare("SELECT key, value FROM item WHERE collection = $a ORDER BY key", collection).ExecuteReader();
        var items = new List<KeyValuePair<string, byte[]>>();
        while (reader.Read())
        {
            items.Add(KeyValuePair.Create(reader.GetString(0), reader.GetFieldValue<byte[]>(1)));
        }

        return items;
    }

    public IReadOnlyList<StoredEvent> ReadStream(string stream, long fromVersion, long untilVersion, int limit)
    {
        var (id, _) = FindStream(stream);
        return id == 0 ? [] : ReadEvents(Prepare(
            $"SELECT {EventColumns} FROM event e JOIN stream s ON s.id = e.stream WHERE e.stream = $a AND e.version BETWEEN $b AND $c ORDER BY e.version LIMIT $d",
            id,
            fromVersion,
            untilVersion,
            limit));
    }

    public IReadOnlyList<StoredEvent> ReadAll(long afterPosition, int limit) => ReadEvents(Prepare(
        $"SELECT {EventColumns} FROM event e JOIN stream s ON s.id = e.stream WHERE e.position > $a ORDER BY e.position LIMIT $b",
        afterPosition,
        limit));

    public long ReadHead() => (long)Prepare("SELECT ifnull(max(position), 0) FROM event").ExecuteScalar()!;

    public CommandRecord? FindCommand(string stream, string commandId)
    {
        var (id, _) = FindStream(stream);
        return id == 0 ? null : FindCommand(id, commandId);
    }

    /// <summary>Versions of a stream are in the order of their instants only as far as the silos' clocks are.</summary>
    public long FindVersion(string stream, DateTimeOffset at)
    {
        var (id, _) = FindStream(stream);
        return (long)Prepare("SELECT ifnull(max(version), 0) FROM event WHERE stream = $a AND at_ticks <= $b", id, at.UtcTicks).ExecuteScalar()!;
    }

    public Snapshot? ReadSnapshot(string stream, long untilVersion)
    {
        using var reader = Prepare(
            "SELECT version, format, at_ticks, body FROM snapshot WHERE stream = $a AND version <= $b ORDER BY version DESC LIMIT 1",
            stream,
            untilVersion).ExecuteReader();
        return reader.Read()
            ? new Snapshot(stream, reader.GetInt64(0), reader.GetString(1), Instant(reader.GetInt64(2)), reader.GetFieldValue<byte[]>(3))
            : null;
    }

    public long ReadCursor(string name) =>
        Prepare("SELECT position FROM cursor WHERE name = $a", name).ExecuteScalar() as long? ?? 0;

    public IReadOnlyList<string> Check()
    {
        var failures = new List<string>();
        using (var reader = Prepare("PRAGMA integrity_check").ExecuteReader())
        {
            while (reader.Read() && reader.GetString(0) != "ok")
            {
                failures.Add(reader.GetString(0));
            }
        }

        const string Gaps =
            "SELECT s.name, s.version, count(e.version), ifnull(max(e.version), 0) FROM stream s LEFT JOIN event e ON e.stream = s.id GROUP BY s.id HAVING count(e.version) <> s.version OR ifnull(max(e.version), 0) <> s.version";
        using (var reader = Prepare(Gaps).ExecuteReader())
        {
            while (reader.Read())
            {
                failures.Add(
                    $"stream {reader.GetString(0)} says version {reader.GetInt64(1)} but has {reader.GetInt64(2)} events up to version {reader.GetInt64(3)}");
            }
        }

        return failures;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private static DateTimeOffset Instant(long ticks) => new(ticks, TimeSpan.Zero);

    private static byte[] Bytes(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment) && segment.Array is { } array && array.Length == segment.Count
            ? array
            : body.ToArray();

    private static List<StoredEvent> ReadEvents(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var events = new List<StoredEvent>();
        while (reader.Read())
        {
            events.Add(new StoredEvent(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetInt64(2),
                reader.GetString(3),
                Instant(reader.GetInt64(4)),
                reader.GetString(5),
                reader.GetInt32(6),
                reader.GetFieldValue<byte[]>(7)));
        }

        return events;
    }

    private (long Id, long Version) FindStream(string stream)
    {
        using var reader = Prepare("SELECT id, version FROM stream WHERE name = $a", stream).ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, 0);
    }

    private CommandRecord? FindCommand(long stream, string commandId)
    {
        using var reader = Prepare(
            "SELECT fingerprint, first_version, last_version FROM command WHERE stream = $a AND command_id = $b",
            stream,
            commandId).ExecuteReader();
        return reader.Read() ? new CommandRecord(commandId, reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)) : null;
    }

    /// <summary>A prepared statement with its parameters $a, $b, … set.</summary>
    private SqliteCommand Prepare(string sql, params ReadOnlySpan<object> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${(char)('a' + i)}" });
            }

            _prepared.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
    }
}

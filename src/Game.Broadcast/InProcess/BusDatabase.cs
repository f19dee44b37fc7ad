using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Game.Broadcast.InProcess;

/// <summary>
/// The bus's file: one log of messages, and for each queue its bindings, how far it is settled, its redeliveries and dead
/// letters. A message is one row, however many queues hold it: which do follows from the bindings. Not safe for
/// concurrent use; errors are <see cref="SqliteException"/>.
/// </summary>
internal sealed class BusDatabase : IDisposable
{
    private const int ApplicationId = 0x47425553;
    private const int SchemaVersion = 2;
    private const int PageRows = 20_000;

    private const string MessageColumns =
        "message_id, exchange, routing_key, source_shard, source_position, source_stream, type, schema_version, ttl_ticks, priority, trace_parent, body, chain, place, previous";

    private const string MessageParameters = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15";

    private const string Schema =
        """
        CREATE TABLE queue (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, delivery_limit INTEGER NOT NULL, prefetch INTEGER NOT NULL,
            watermark INTEGER NOT NULL);
        CREATE TABLE binding (
            queue INTEGER NOT NULL, exchange TEXT NOT NULL, pattern TEXT NOT NULL, since INTEGER NOT NULL,
            PRIMARY KEY (queue, exchange, pattern)) WITHOUT ROWID;
        CREATE TABLE message (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, target INTEGER, published_ms INTEGER NOT NULL,
            message_id TEXT NOT NULL, exchange TEXT NOT NULL, routing_key TEXT NOT NULL, source_shard TEXT NOT NULL,
            source_position INTEGER NOT NULL, source_stream TEXT NOT NULL, type TEXT NOT NULL,
            schema_version INTEGER NOT NULL, ttl_ticks INTEGER, priority INTEGER NOT NULL, trace_parent TEXT,
            body BLOB NOT NULL, chain TEXT, place INTEGER, previous INTEGER);
        CREATE TABLE redelivery (
            queue INTEGER NOT NULL, sequence INTEGER NOT NULL, failures INTEGER NOT NULL,
            PRIMARY KEY (queue, sequence)) WITHOUT ROWID;
        CREATE TABLE dead_letter (
            id INTEGER PRIMARY KEY AUTOINCREMENT, queue INTEGER NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
            deliveries INTEGER NOT NULL, message_id TEXT NOT NULL, exchange TEXT NOT NULL, routing_key TEXT NOT NULL,
            source_shard TEXT NOT NULL, source_position INTEGER NOT NULL, source_stream TEXT NOT NULL, type TEXT NOT NULL,
            schema_version INTEGER NOT NULL, ttl_ticks INTEGER, priority INTEGER NOT NULL, trace_parent TEXT,
            body BLOB NOT NULL, chain TEXT, place INTEGER, previous INTEGER);
        CREATE INDEX dead_letter_by_queue ON dead_letter (queue, id);
        """;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    private BusDatabase(SqliteConnection connection) => _connection = connection;

    /// <exception cref="BroadcastException">The file cannot be opened, is in use, or is not a bus's.</exception>
    public static BusDatabase Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            var database = new BusDatabase(connection);

            // The exclusive lock, taken with the first transaction, keeps a second process out.
            database.Script("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; BEGIN IMMEDIATE;");
            database.CreateOrCheckSchema(path);
            database.Script("COMMIT;");
            return database;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            var why = exception.SqliteErrorCode switch
            {
                5 or 6 => "is in use by another process",
                8 => "is read-only",
                11 or 26 => "is corrupt or not a bus file",
                13 => "cannot be written: the disk is full",
                _ => $"cannot be opened: {exception.Message}",
            };
            throw new BroadcastException($"The bus file {path} {why}.", exception);
        }
        catch (BroadcastException)
        {
            connection.Dispose();
            throw;
        }
    }

    public void Begin() => Run("BEGIN IMMEDIATE");

    public void Commit() => Run("COMMIT");

    public void Rollback() => Run("ROLLBACK");

    /// <summary>The greatest place in the log ever used: also of messages that are gone, or were settled but never written.</summary>
    public long ReadHead() => Scalar(
        """
        SELECT ifnull(max(place), 0) FROM (
            SELECT seq AS place FROM sqlite_sequence WHERE name = 'message'
            UNION ALL SELECT watermark FROM queue UNION ALL SELECT since FROM binding UNION ALL SELECT sequence FROM redelivery)
        """);

    public long CountMessages() => Scalar("SELECT count(*) FROM message");

    public void InsertMessage(HeldMessage held, int? target, DateTimeOffset at)
    {
        var command = Prepare($"INSERT INTO message (sequence, target, published_ms, {MessageColumns}) VALUES ($a, $b, $c, {MessageParameters})");
        Set(command, "$a", held.Sequence);
        Set(command, "$b", target);
        Set(command, "$c", at.ToUnixTimeMilliseconds());
        SetMessage(command, held.Message);
        command.ExecuteNonQuery();
    }

    /// <returns>How many there were.</returns>
    public int DeleteMessagesUpTo(long sequence) => Run("DELETE FROM message WHERE sequence <= $a", sequence);

    public int DeleteMessage(long sequence) => Run("DELETE FROM message WHERE sequence = $a", sequence);

    public void UpsertQueue(int id, QueueDeclaration queue, long watermark)
    {
        var command = Prepare(
            """
            INSERT INTO queue (id, name, delivery_limit, prefetch, watermark) VALUES ($a, $b, $c, $d, $e)
            ON CONFLICT (id) DO UPDATE SET prefetch = excluded.prefetch
            """);
        Set(command, "$a", id);
        Set(command, "$b", queue.Name);
        Set(command, "$c", queue.DeliveryLimit);
        Set(command, "$d", queue.Prefetch);
        Set(command, "$e", watermark);
        command.ExecuteNonQuery();
    }

    /// <summary>Deletes a queue that holds nothing, and gives its dead letters to another.</summary>
    public void DeleteQueue(int id, int successor)
    {
        Run("UPDATE dead_letter SET queue = $b WHERE queue = $a", id, successor);
        Run("DELETE FROM binding WHERE queue = $a", id);
        Run("DELETE FROM redelivery WHERE queue = $a", id);
        Run("DELETE FROM queue WHERE id = $a", id);
    }

    public void InsertBinding(int queue, QueueBinding binding, long since)
    {
        var command = Prepare("INSERT OR IGNORE INTO binding (queue, exchange, pattern, since) VALUES ($a, $b, $c, $d)");
        Set(command, "$a", queue);
        Set(command, "$b", binding.Exchange);
        Set(command, "$c", binding.Pattern);
        Set(command, "$d", since);
        command.ExecuteNonQuery();
    }

    public void MoveWatermark(int queue, long watermark) =>
        Run("UPDATE queue SET watermark = $b WHERE id = $a AND watermark < $b", queue, watermark);

    public void UpsertRedelivery(int queue, Redelivery redelivery) => Run(
        "INSERT INTO redelivery (queue, sequence, failures) VALUES ($a, $b, $c) ON CONFLICT DO UPDATE SET failures = excluded.failures",
        queue,
        redelivery.Sequence,
        redelivery.Failures);

    public void DeleteRedelivery(int queue, long sequence) =>
        Run("DELETE FROM redelivery WHERE queue = $a AND sequence = $b", queue, sequence);

    public void InsertDeadLetter(int queue, DeadLetter letter)
    {
        var command = Prepare($"INSERT INTO dead_letter (queue, reason, at_ms, deliveries, {MessageColumns}) VALUES ($a, $b, $c, $d, {MessageParameters})");
        Set(command, "$a", queue);
        Set(command, "$b", letter.Reason);
        Set(command, "$c", letter.At.ToUnixTimeMilliseconds());
        Set(command, "$d", letter.Deliveries);
        SetMessage(command, letter.Message);
        command.ExecuteNonQuery();
    }

    public void DeleteDeadLetter(long id) => Run("DELETE FROM dead_letter WHERE id = $a", id);

    public IReadOnlyList<DeadLetter> ReadDeadLetters(int queue, long after, int count)
    {
        var command = Prepare(
            $"SELECT {MessageColumns}, id, reason, at_ms, deliveries FROM dead_letter WHERE queue = $a AND id > $b ORDER BY id LIMIT $c");
        Set(command, "$a", queue);
        Set(command, "$b", after);
        Set(command, "$c", count);
        using var reader = command.ExecuteReader();
        var letters = new List<DeadLetter>();
        while (reader.Read())
        {
            letters.Add(new DeadLetter(
                reader.GetInt64(15), ReadMessage(reader), reader.GetString(16), Instant(reader.GetInt64(17)), reader.GetInt32(18)));
        }

        return letters;
    }

    public IReadOnlyList<MessageQueue> ReadQueues()
    {
        var queues = new List<MessageQueue>();
        using (var reader = Prepare("SELECT id, name, delivery_limit, prefetch, watermark FROM queue ORDER BY id").ExecuteReader())
        {
            while (reader.Read())
            {
                var declaration = new QueueDeclaration(reader.GetString(1), [], reader.GetInt32(3), reader.GetInt32(2));
                queues.Add(new MessageQueue(reader.GetInt32(0), declaration, reader.GetInt64(4)));
            }
        }

        foreach (var queue in queues)
        {
            queue.Restore(ReadBindings(queue.Id), ReadRedeliveries(queue), (int)Scalar("SELECT count(*) FROM dead_letter WHERE queue = $a", queue.Id));
        }

        return queues;
    }

    /// <summary>Calls back for every message after <paramref name="sequence"/>, up to <paramref name="limit"/>, in order.</summary>
    public int ReadKeys(long sequence, int limit, Action<MessageKey> each)
    {
        var command = Prepare("SELECT sequence, target, exchange, routing_key FROM message WHERE sequence > $a ORDER BY sequence LIMIT $b");
        Set(command, "$a", sequence);
        Set(command, "$b", limit);
        using var reader = command.ExecuteReader();
        var rows = 0;
        while (reader.Read())
        {
            rows++;
            each(new MessageKey(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt32(1), reader.GetString(2), reader.GetString(3)));
        }

        return rows;
    }

    /// <summary>The messages of a queue after <paramref name="sequence"/>, at most so many and about so many bytes of them.</summary>
    /// <returns>The messages, and up to where the log was searched: null if to its end.</returns>
    public (IReadOnlyList<HeldMessage> Messages, long? Until) ReadPage(MessageQueue queue, long sequence, int messages, int bytes)
    {
        var command = Prepare($"SELECT {MessageColumns}, sequence, target, published_ms FROM message WHERE sequence > $a ORDER BY sequence LIMIT $b");
        Set(command, "$a", sequence);
        Set(command, "$b", PageRows);
        using var reader = command.ExecuteReader();
        var page = new List<HeldMessage>();
        var rows = 0;
        while (reader.Read())
        {
            rows++;
            sequence = reader.GetInt64(15);
            if (!queue.IsRouted(new MessageKey(sequence, reader.IsDBNull(16) ? null : reader.GetInt32(16), reader.GetString(1), reader.GetString(2))))
            {
                continue;
            }

            var held = ReadHeld(reader);
            page.Add(held);
            bytes -= held.Message.Body.Length;
            if (page.Count == messages || bytes <= 0)
            {
                return (page, sequence);
            }
        }

        return (page, rows < PageRows ? null : sequence);
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static HeldMessage ReadHeld(SqliteDataReader reader)
    {
        var message = ReadMessage(reader);
        return new HeldMessage(reader.GetInt64(15), message, Instant(reader.GetInt64(17)) + message.TimeToLive);
    }

    private static BroadcastMessage ReadMessage(SqliteDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetInt64(4),
        reader.GetString(5),
        reader.GetString(6),
        reader.GetInt32(7),
        reader.GetFieldValue<byte[]>(11),
        reader.IsDBNull(8) ? null : TimeSpan.FromTicks(reader.GetInt64(8)),
        reader.GetByte(9),
        reader.IsDBNull(10) ? null : reader.GetString(10),
        reader.IsDBNull(12) ? null : new MessageLink(reader.GetString(12), reader.GetInt64(13), reader.GetInt64(14)));

    private static void SetMessage(SqliteCommand command, BroadcastMessage message)
    {
        Set(command, "$1", message.Id);
        Set(command, "$2", message.Exchange);
        Set(command, "$3", message.RoutingKey);
        Set(command, "$4", message.SourceShard);
        Set(command, "$5", message.SourcePosition);
        Set(command, "$6", message.SourceStream);
        Set(command, "$7", message.Type);
        Set(command, "$8", message.SchemaVersion);
        Set(command, "$9", message.TimeToLive?.Ticks);
        Set(command, "$10", message.Priority);
        Set(command, "$11", message.TraceParent);
        Set(
            command,
            "$12",
            MemoryMarshal.TryGetArray(message.Body, out var segment) && segment.Array is { } array && array.Length == segment.Count
                ? array
                : message.Body.ToArray());
        Set(command, "$13", message.Link?.Chain);
        Set(command, "$14", message.Link?.Place);
        Set(command, "$15", message.Link?.Previous);
    }

    private static void Set(SqliteCommand command, string name, object? value)
    {
        if (command.Parameters.Contains(name))
        {
            command.Parameters[name].Value = value ?? DBNull.Value;
        }
        else
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
    }

    private List<(QueueBinding Binding, long Since)> ReadBindings(int queue)
    {
        var command = Prepare("SELECT exchange, pattern, since FROM binding WHERE queue = $a");
        Set(command, "$a", queue);
        using var reader = command.ExecuteReader();
        var bindings = new List<(QueueBinding, long)>();
        while (reader.Read())
        {
            bindings.Add((new QueueBinding(reader.GetString(0), reader.GetString(1)), reader.GetInt64(2)));
        }

        return bindings;
    }

    /// <summary>Redeliveries behind the watermark come with their message; those after it come with the log.</summary>
    private List<(Redelivery Redelivery, HeldMessage? Held)> ReadRedeliveries(MessageQueue queue)
    {
        var command = Prepare(
            $"""
            SELECT {MessageColumns}, m.sequence, m.target, m.published_ms, r.failures FROM redelivery r
            JOIN message m ON m.sequence = r.sequence WHERE r.queue = $a ORDER BY r.sequence
            """);
        Set(command, "$a", queue.Id);
        using var reader = command.ExecuteReader();
        var redeliveries = new List<(Redelivery, HeldMessage?)>();
        while (reader.Read())
        {
            var redelivery = new Redelivery(reader.GetInt64(15), reader.GetInt32(18));
            redeliveries.Add((redelivery, redelivery.Sequence <= queue.Watermark ? ReadHeld(reader) : null));
        }

        return redeliveries;
    }

    private void CreateOrCheckSchema(string path)
    {
        var application = Scalar("PRAGMA application_id");
        if (application == 0 && Scalar("SELECT count(*) FROM sqlite_schema") == 0)
        {
            Script($"{Schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion};");
            return;
        }

        if (application != ApplicationId)
        {
            throw new BroadcastException($"{path} is a database, but not a bus file.");
        }

        var version = Scalar("PRAGMA user_version");
        if (version == 1)
        {
            foreach (var table in (ReadOnlySpan<string>)["message", "dead_letter"])
            {
                Script($"ALTER TABLE {table} ADD COLUMN chain TEXT; ALTER TABLE {table} ADD COLUMN place INTEGER; ALTER TABLE {table} ADD COLUMN previous INTEGER;");
            }

            Script($"PRAGMA user_version = {SchemaVersion};");
            return;
        }

        if (version != SchemaVersion)
        {
            throw new BroadcastException($"The bus file {path} has format {version}; this program reads format {SchemaVersion}.");
        }
    }

    private int Run(string sql, params ReadOnlySpan<object> arguments)
    {
        var command = Prepare(sql);
        SetAll(command, arguments);
        return command.ExecuteNonQuery();
    }

    private long Scalar(string sql, params ReadOnlySpan<object> arguments)
    {
        var command = Prepare(sql);
        SetAll(command, arguments);
        return (long)command.ExecuteScalar()!;
    }

    private static void SetAll(SqliteCommand command, ReadOnlySpan<object> arguments)
    {
        ReadOnlySpan<string> names = ["$a", "$b", "$c"];
        for (var i = 0; i < arguments.Length; i++)
        {
            Set(command, names[i], arguments[i]);
        }
    }

    private void Script(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _prepared.Add(sql, command);
        }

        return command;
    }
}

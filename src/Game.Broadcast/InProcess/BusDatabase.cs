using Microsoft.Data.Sqlite;

namespace Game.Broadcast.InProcess;

/// <summary>
/// The bus's file: one log of messages, and for each queue its bindings, how far it is settled, its redeliveries and dead
/// letters. A message is one row, however many queues hold it: which do follows from the bindings. Not safe for
/// concurrent use; errors are <see cref="SqliteException"/>.
/// </summary>
internal sealed class BusDatabase : IDisposable
{
    private const int PageRows = 20_000;

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
            connection.Script("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; BEGIN IMMEDIATE;");
            BusSchema.CreateOrCheck(connection, path);
            connection.Script("COMMIT;");
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
        var command = Prepare($"INSERT INTO message (sequence, target, published_ms, {MessageRow.Columns}) VALUES ($a, $b, $c, {MessageRow.Parameters})");
        command.Set("$a", held.Sequence);
        command.Set("$b", target);
        command.Set("$c", at.ToUnixTimeMilliseconds());
        MessageRow.Set(command, held.Message);
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
        command.Set("$a", id);
        command.Set("$b", queue.Name);
        command.Set("$c", queue.DeliveryLimit);
        command.Set("$d", queue.Prefetch);
        command.Set("$e", watermark);
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
        command.Set("$a", queue);
        command.Set("$b", binding.Exchange);
        command.Set("$c", binding.Pattern);
        command.Set("$d", since);
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
        var command = Prepare($"INSERT INTO dead_letter (queue, reason, at_ms, deliveries, {MessageRow.Columns}) VALUES ($a, $b, $c, $d, {MessageRow.Parameters})");
        command.Set("$a", queue);
        command.Set("$b", letter.Reason);
        command.Set("$c", letter.At.ToUnixTimeMilliseconds());
        command.Set("$d", letter.Deliveries);
        MessageRow.Set(command, letter.Message);
        command.ExecuteNonQuery();
    }

    public void DeleteDeadLetter(long id) => Run("DELETE FROM dead_letter WHERE id = $a", id);

    public IReadOnlyList<DeadLetter> ReadDeadLetters(int queue, long after, int count)
    {
        var command = Prepare(
            $"SELECT {MessageRow.Columns}, id, reason, at_ms, deliveries FROM dead_letter WHERE queue = $a AND id > $b ORDER BY id LIMIT $c");
        command.Set("$a", queue);
        command.Set("$b", after);
        command.Set("$c", count);
        using var reader = command.ExecuteReader();
        var letters = new List<DeadLetter>();
        while (reader.Read())
        {
            letters.Add(new DeadLetter(
                reader.GetInt64(15), MessageRow.Read(reader), reader.GetString(16), Instant(reader.GetInt64(17)), reader.GetInt32(18)));
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
        command.Set("$a", sequence);
        command.Set("$b", limit);
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
        var command = Prepare($"SELECT {MessageRow.Columns}, sequence, target, published_ms FROM message WHERE sequence > $a ORDER BY sequence LIMIT $b");
        command.Set("$a", sequence);
        command.Set("$b", PageRows);
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
        var message = MessageRow.Read(reader);
        return new HeldMessage(reader.GetInt64(15), message, Instant(reader.GetInt64(17)) + message.TimeToLive);
    }

    private List<(QueueBinding Binding, long Since)> ReadBindings(int queue)
    {
        var command = Prepare("SELECT exchange, pattern, since FROM binding WHERE queue = $a");
        command.Set("$a", queue);
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
            SELECT {MessageRow.Columns}, m.sequence, m.target, m.published_ms, r.failures FROM redelivery r
            JOIN message m ON m.sequence = r.sequence WHERE r.queue = $a ORDER BY r.sequence
            """);
        command.Set("$a", queue.Id);
        using var reader = command.ExecuteReader();
        var redeliveries = new List<(Redelivery, HeldMessage?)>();
        while (reader.Read())
        {
            var redelivery = new Redelivery(reader.GetInt64(15), reader.GetInt32(18));
            redeliveries.Add((redelivery, redelivery.Sequence <= queue.Watermark ? ReadHeld(reader) : null));
        }

        return redeliveries;
    }

    private int Run(string sql, params ReadOnlySpan<object> arguments)
    {
        var command = Prepare(sql);
        command.SetAll(arguments);
        return command.ExecuteNonQuery();
    }

    private long Scalar(string sql, params ReadOnlySpan<object> arguments)
    {
        var command = Prepare(sql);
        command.SetAll(arguments);
        return (long)command.ExecuteScalar()!;
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

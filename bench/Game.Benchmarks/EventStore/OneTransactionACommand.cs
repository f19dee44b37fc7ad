using Microsoft.Data.Sqlite;

namespace Game.Benchmarks.EventStore;

/// <summary>
/// The baseline: what a service does that gives each command a transaction of its own. The same disk, WAL and
/// <c>synchronous=FULL</c>, prepared statements, one connection, and the least a command needs: is its id new, is the
/// version right, then its event.
/// </summary>
internal sealed class OneTransactionACommand : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _version;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _commit;

    public OneTransactionACommand(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Prepare(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE event (
                position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, command_id TEXT NOT NULL, body BLOB NOT NULL,
                UNIQUE (stream, version), UNIQUE (stream, command_id));
            """).ExecuteNonQuery();
        _begin = Prepare("BEGIN IMMEDIATE");
        _version = Prepare("SELECT ifnull(max(version), 0) FROM event WHERE stream = $a", "$a");
        _insert = Prepare("INSERT INTO event (stream, version, command_id, body) VALUES ($a, $b, $c, $d)", "$a", "$b", "$c", "$d");
        _commit = Prepare("COMMIT");
    }

    public async Task AppendAsync(string stream, long expectedVersion, string commandId, ReadOnlyMemory<byte> body)
    {
        await _turn.WaitAsync();
        try
        {
            _begin.ExecuteNonQuery();
            _version.Parameters[0].Value = stream;
            if ((long)_version.ExecuteScalar()! != expectedVersion)
            {
                throw new InvalidOperationException("The version is another one.");
            }

            _insert.Parameters[0].Value = stream;
            _insert.Parameters[1].Value = expectedVersion + 1;
            _insert.Parameters[2].Value = commandId;
            _insert.Parameters[3].Value = body.ToArray();
            _insert.ExecuteNonQuery();
            _commit.ExecuteNonQuery();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        _turn.Dispose();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }
}

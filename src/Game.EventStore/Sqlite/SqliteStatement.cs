using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Game.EventStore.Sqlite;

/// <summary>
/// A prepared statement, used again and again by one thread at a time. It speaks to SQLite without ADO.NET in between,
/// which costs more than most of these statements do.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int OnStack = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Binds the next parameter; the first one after a statement has been run.</summary>
    public SqliteStatement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(string value)
    {
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        var buffer = size <= OnStack ? stackalloc byte[OnStack] : new byte[size];
        Check(raw.sqlite3_bind_text(_statement, ++_bound, buffer[..Encoding.UTF8.GetBytes(value, buffer)]));
        return this;
    }

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, ++_bound, value));
        return this;
    }

    /// <summary>The next row, if there is one; after the last one the statement can be bound and run again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        Reset();
        Check(code == raw.SQLITE_DONE ? raw.SQLITE_OK : code);
        return false;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Runs a statement whose only answer is one number; null if it gives no row.</summary>
    public long? RunScalar()
    {
        if (!Step())
        {
            return null;
        }

        var value = GetInt64(0);
        Reset();
        return value;
    }

    /// <summary>Leaves the rows not yet read. A statement on its way keeps its transaction open.</summary>
    public void Reset()
    {
        _bound = 0;

        // The code is that of the step before, which has been reported.
        _ = raw.sqlite3_reset(_statement);
    }

    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    public string GetString(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    public byte[] GetBytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose() => _statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}

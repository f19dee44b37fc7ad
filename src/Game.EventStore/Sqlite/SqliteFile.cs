using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Game.EventStore.Sqlite;

/// <summary>A shard's store file: how it is opened, its schema, and what SQLite's errors mean to an operator.</summary>
internal static class SqliteFile
{
    private const int ApplicationId = 0x47455653;

    /// <summary>Milliseconds to wait for another process's transaction to end.</summary>
    private const string Wait = "PRAGMA busy_timeout = 5000;";

    /// <summary>Step i brings schema version i to i + 1; an empty file is version 0. Steps are never changed, only added.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE stream (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL);
        CREATE TABLE event (
            position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL, command_id TEXT NOT NULL,
            at_ticks INTEGER NOT NULL, type TEXT NOT NULL, schema_version INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE UNIQUE INDEX event_by_stream ON event (stream, version);
        CREATE TABLE command (
            stream INTEGER NOT NULL, command_id TEXT NOT NULL, fingerprint TEXT NOT NULL, first_version INTEGER NOT NULL,
            last_version INTEGER NOT NULL, PRIMARY KEY (stream, command_id)) WITHOUT ROWID;
        CREATE TABLE snapshot (
            stream TEXT NOT NULL, version INTEGER NOT NULL, format TEXT NOT NULL, at_ticks INTEGER NOT NULL,
            body BLOB NOT NULL, PRIMARY KEY (stream, version));
        CREATE TABLE cursor (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE item (
            collection TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (collection, key)) WITHOUT ROWID;
        """,

        // A stream's version is that of its last event; a copy of it cost a write with every append.
        "ALTER TABLE stream DROP COLUMN version;",
    ];

    /// <summary>Opens the file for writing, and makes it if it is new.</summary>
    /// <exception cref="EventStoreException">The message says what is wrong with the file and what to do.</exception>
    public static SqliteConnection OpenForWriting(string path)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EventStoreException($"The folder of store {path} cannot be made: {exception.Message}", exception);
        }

        var connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Open();
            ReadVersion(connection, path);
            if (raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
            {
                // SQLite falls back to reading only, and would say so at the first append.
                throw new SqliteException("attempt to write a readonly database", raw.SQLITE_READONLY);
            }

            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000; " + Wait);
            Run(connection, "BEGIN IMMEDIATE;");
            Migrate(connection, path);
            Run(connection, "COMMIT;");
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Explain(path, exception);
        }
        catch (EventStoreException)
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenForReading(string path)
    {
        var connection = Connect(path, SqliteOpenMode.ReadOnly);
        try
        {
            connection.Open();
            Run(connection, Wait);
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Explain(path, exception);
        }
    }

    /// <summary>The disk, or the room a file may take, is used up: nothing of the transaction is stored.</summary>
    public static bool IsFull(Exception exception) => exception is SqliteException { SqliteErrorCode: raw.SQLITE_FULL };

    public static EventStoreException Closed(string path) => new($"The event store {path} is closed.");

    /// <summary>What an operator is told: which file, what is wrong with it, what to do. Other exceptions stay as they are.</summary>
    public static Exception Explain(string path, Exception exception)
    {
        if (exception is not SqliteException error)
        {
            return exception;
        }

        var what = error.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "is locked by another process; stop that one",
            raw.SQLITE_READONLY => "is read-only; give this user the right to write the file and its folder",
            raw.SQLITE_IOERR => $"cannot be read or written ({error.Message}); check the disk",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                "is corrupt or not an event store; restore it from a backup, or move it away to start anew",
            raw.SQLITE_FULL => "cannot grow: the disk is full; make room",
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => "cannot be opened; check the path and its rights",
            _ => $"failed ({error.Message})",
        };
        return new EventStoreException($"The event store {path} {what}.", error);
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode) => new(
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());

    private static void Migrate(SqliteConnection connection, string path)
    {
        var version = ReadVersion(connection, path);
        if (version < Migrations.Length)
        {
            foreach (var step in Migrations.Skip(version))
            {
                Run(connection, step);
            }

            Run(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Migrations.Length};");
        }
    }

    /// <returns>The schema version; 0 of an empty file.</returns>
    /// <exception cref="EventStoreException">It is no event store, or a newer build's.</exception>
    private static int ReadVersion(SqliteConnection connection, string path)
    {
        var version = Scalar(connection, "PRAGMA user_version");
        if (Scalar(connection, "PRAGMA application_id") != ApplicationId
            && (version != 0 || Scalar(connection, "SELECT count(*) FROM sqlite_master") != 0))
        {
            throw new EventStoreException(
                $"The file {path} is a database of something else, not an event store; choose another data folder.");
        }

        return version <= Migrations.Length
            ? (int)version
            : throw new EventStoreException(
                $"The event store {path} has schema version {version}, and this build knows versions up to {Migrations.Length}; use the build that wrote it, or a newer one.");
    }
}

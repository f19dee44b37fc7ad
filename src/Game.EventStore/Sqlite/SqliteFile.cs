using Microsoft.Data.Sqlite;

namespace Game.EventStore.Sqlite;

/// <summary>A shard's store file: how it is opened, its schema, and what SQLite's errors mean to an operator.</summary>
internal static class SqliteFile
{
    private const int ApplicationId = 0x47455653;
    private const int SchemaVersion = 1;

    private const string Schema =
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
        """;

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
            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;");
            Run(connection, "BEGIN IMMEDIATE;");
            CreateOrCheckSchema(connection, path);
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
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Explain(path, exception);
        }
    }

    public static EventStoreException Explain(string path, SqliteException exception)
    {
        var what = exception.SqliteErrorCode switch
        {
            5 or 6 => "is locked by another process; stop that one",
            8 => "is read-only; give this user the right to write it",
            10 => $"cannot be read or written ({exception.Message}); check the disk",
            11 or 26 => "is corrupt or not an event store; restore it from a backup, or move it away to start anew",
            13 => "cannot grow: the disk is full; make room",
            14 => "cannot be opened; check the path and its rights",
            _ => $"failed: {exception.Message}",
        };
        return new EventStoreException($"The event store {path} {what}.", exception);
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

    private static void CreateOrCheckSchema(SqliteConnection connection, string path)
    {
        var application = Scalar(connection, "PRAGMA application_id");
        var version = Scalar(connection, "PRAGMA user_version");
        if (application == 0 && version == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_master") == 0)
        {
            Run(connection, Schema + $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion};");
            return;
        }

        if (application != ApplicationId)
        {
            throw new EventStoreException($"The file {path} is a database of something else, not an event store.");
        }

        if (version != SchemaVersion)
        {
            throw new EventStoreException(
                $"The event store {path} has schema version {version}; this build knows version {SchemaVersion}. Use the build that wrote it, or a newer one.");
        }
    }
}

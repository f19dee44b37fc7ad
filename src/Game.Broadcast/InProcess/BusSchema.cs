using Microsoft.Data.Sqlite;

namespace Game.Broadcast.InProcess;

/// <summary>The tables of the bus's file, and how those of earlier formats become them.</summary>
internal static class BusSchema
{
    private const int ApplicationId = 0x47425553;
    private const int SchemaVersion = 2;

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

    /// <summary>Inside a transaction.</summary>
    /// <exception cref="BroadcastException">The file is another program's, or of a format that this one does not read.</exception>
    public static void CreateOrCheck(SqliteConnection connection, string path)
    {
        var application = Scalar(connection, "PRAGMA application_id");
        if (application == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            connection.Script($"{Schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion};");
            return;
        }

        if (application != ApplicationId)
        {
            throw new BroadcastException($"{path} is a database, but not a bus file.");
        }

        var version = Scalar(connection, "PRAGMA user_version");
        if (version == 1)
        {
            foreach (var table in (ReadOnlySpan<string>)["message", "dead_letter"])
            {
                connection.Script($"ALTER TABLE {table} ADD COLUMN chain TEXT; ALTER TABLE {table} ADD COLUMN place INTEGER; ALTER TABLE {table} ADD COLUMN previous INTEGER;");
            }

            connection.Script($"PRAGMA user_version = {SchemaVersion};");
            return;
        }

        if (version != SchemaVersion)
        {
            throw new BroadcastException($"The bus file {path} has format {version}; this program reads format {SchemaVersion}.");
        }
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}

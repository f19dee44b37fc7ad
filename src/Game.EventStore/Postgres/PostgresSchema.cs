using System.Globalization;
using Npgsql;

namespace Game.EventStore.Postgres;

/// <summary>
/// A shard's database: its tables, in steps that are run once and in order. Safe to run from many silos at once: one of them
/// does the work, the others wait for it.
/// </summary>
public static class PostgresSchema
{
    private const string Folder = "Game.EventStore.Postgres.Migrations.";

    /// <summary>Step i brings schema version i to i + 1. Steps are never changed, only added.</summary>
    private static readonly IReadOnlyList<string> Steps =
    [
        .. typeof(PostgresSchema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The schema version that this build reads and writes.</summary>
    public static int Version => Steps.Count;

    /// <summary>Creates the database if the server does not have it.</summary>
    /// <exception cref="EventStoreException">The server is away or refuses.</exception>
    public static async Task CreateAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        var wanted = new NpgsqlConnectionStringBuilder(connectionString);
        var server = new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false };
        try
        {
            await using var source = NpgsqlDataSource.Create(server);
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var known = new NpgsqlCommand("SELECT FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = wanted.Database } } };
            await using (var rows = await known.ExecuteReaderAsync(cancellationToken))
            {
                if (rows.HasRows)
                {
                    return;
                }
            }

            await RunAsync(connection, $"CREATE DATABASE \"{wanted.Database!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another silo made it meanwhile.
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Explain(connectionString, exception);
        }
    }

    /// <summary>Brings the database's schema up to <see cref="Version"/> in one transaction.</summary>
    /// <returns>The version it was at before.</returns>
    /// <exception cref="EventStoreException">The database is away, refuses, or its schema is a newer build's.</exception>
    public static async Task<int> MigrateAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await RunAsync(connection, "SELECT pg_advisory_xact_lock(hashtext('migrate'))", cancellationToken);
            await RunAsync(
                connection,
                "CREATE TABLE IF NOT EXISTS schema_step (version int PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
                cancellationToken);
            var before = await ReadVersionAsync(connection, cancellationToken);
            if (before > Version)
            {
                throw Newer(connectionString, before);
            }

            for (var step = before; step < Version; step++)
            {
                await RunAsync(connection, Read(Steps[step]), cancellationToken);
                await using var note = new NpgsqlCommand("INSERT INTO schema_step (version, name) VALUES ($1, $2)", connection)
                {
                    Parameters = { new() { Value = step + 1 }, new() { Value = Steps[step][Folder.Length..] } },
                };
                await note.ExecuteNonQueryAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return before;
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Explain(connectionString, exception);
        }
    }

    /// <exception cref="EventStoreException">The schema is not this build's.</exception>
    internal static async Task CheckAsync(NpgsqlConnection connection, string connectionString, CancellationToken cancellationToken)
    {
        await using var known = new NpgsqlCommand("SELECT to_regclass('schema_step') IS NOT NULL", connection);
        var version = (bool)(await known.ExecuteScalarAsync(cancellationToken))! ? await ReadVersionAsync(connection, cancellationToken) : 0;
        if (version > Version)
        {
            throw Newer(connectionString, version);
        }

        if (version < Version)
        {
            throw new SchemaBehindException(
                $"The event store {PostgresErrors.NameOf(connectionString)} has schema version {version}, and this build needs {Version}: run the migrate command first.");
        }
    }

    private static EventStoreException Newer(string connectionString, int version) => new(
        $"The event store {PostgresErrors.NameOf(connectionString)} has schema version {version}, and this build knows versions up to {Version}; use the build that wrote it, or a newer one.");

    private static async Task<int> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM schema_step", connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(PostgresSchema).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}

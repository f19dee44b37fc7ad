using System.Text;
using Game.LocalServers;
using Npgsql;

namespace Game.Benchmarks.EventStore;

/// <summary>The least a durable command needs in PostgreSQL: one transaction each, with prepared statements. Safe for concurrent use.</summary>
internal sealed class OneTransactionACommandOnPostgres : IAsyncDisposable
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"at":"2026-03-01T12:00:00+00:00","amount":125,"source":"quest"}""");

    private readonly NpgsqlDataSource _source;

    private OneTransactionACommandOnPostgres(NpgsqlDataSource source)
    {
        _source = source;
    }

    public static async Task<OneTransactionACommandOnPostgres> OpenAsync(PostgresServer server, int connections, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(cancellationToken);
        var source = NpgsqlDataSource.Create($"{database};Maximum Pool Size={connections};Max Auto Prepare=8;No Reset On Close=true");
        await using var table = source.CreateCommand(
            """
            CREATE TABLE event (
                position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL, version bigint NOT NULL,
                command_id text NOT NULL, body bytea NOT NULL, UNIQUE (stream, version), UNIQUE (stream, command_id))
            """);
        await table.ExecuteNonQueryAsync(cancellationToken);
        return new OneTransactionACommandOnPostgres(source);
    }

    public async Task AppendAsync(string stream, long version)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var read = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM event WHERE stream = $1", connection)
        {
            Parameters = { new() { Value = stream } },
        };
        if ((long)(await read.ExecuteScalarAsync())! != version)
        {
            throw new InvalidOperationException("The version is another one.");
        }

        await using var insert = new NpgsqlCommand("INSERT INTO event (stream, version, command_id, body) VALUES ($1, $2, $3, $4)", connection)
        {
            Parameters =
            {
                new() { Value = stream },
                new() { Value = version + 1 },
                new() { Value = $"c{version}" },
                new() { Value = Body },
            },
        };
        await insert.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}

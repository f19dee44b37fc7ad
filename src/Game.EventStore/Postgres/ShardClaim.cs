using Microsoft.Extensions.Logging;
using Npgsql;

namespace Game.EventStore.Postgres;

/// <summary>
/// Whose database it is. The first silo writes itself down; one of another shard, cluster or contract is refused, and so is
/// one whose clock is off, for events are stamped by silos.
/// </summary>
/// <param name="shard">The shard's name.</param>
/// <param name="cluster">The id of the cluster that its silos form.</param>
/// <param name="contract">The contract version of this build.</param>
/// <param name="oldestContract">The oldest contract version that this build works beside.</param>
public sealed class ShardClaim(string shard, string cluster, int contract, int oldestContract)
{
    /// <summary>How far a silo's clock may be from the database's.</summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromSeconds(5);

    /// <summary>Opens a shard's store for a silo: waits for a server that is away or not migrated yet, then checks schema and claim.</summary>
    /// <param name="connectionString">The shard's database.</param>
    /// <param name="patience">How long to wait for a server that does not answer; zero: not at all.</param>
    /// <param name="clock">The silo's clock.</param>
    /// <param name="logger">Told of every attempt in vain.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EventStoreException">The server stayed away, the schema is another, or the claim is refused: all reasons at once.</exception>
    public Task<PostgresEventStore> OpenAsync(
        string connectionString, TimeSpan patience, TimeProvider clock, ILogger logger, CancellationToken cancellationToken = default) =>
        new PostgresPatience(shard, patience, clock, logger).TryAsync(
            async () =>
            {
                await CheckAsync(connectionString, clock, cancellationToken);
                return await PostgresEventStore.OpenAsync(connectionString, cancellationToken);
            },
            cancellationToken);

    private async Task CheckAsync(string connectionString, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await PostgresSchema.CheckAsync(connection, connectionString, cancellationToken);
            var failures = await ClaimAsync(connection, cancellationToken);
            if (await MeasureSkewAsync(connection, clock, cancellationToken) is var skew && skew > MaxClockSkew)
            {
                failures.Add($"the clock of this machine and the database's are {skew.TotalSeconds:F1} s apart, more than {MaxClockSkew.TotalSeconds} s");
            }

            if (failures.Count > 0)
            {
                throw new EventStoreException(
                    $"The event store {PostgresErrors.NameOf(connectionString)} is not for this silo: {string.Join("; ", failures)}.");
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Explain(connectionString, exception);
        }
    }

    private async Task<List<string>> ClaimAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var claim = new NpgsqlCommand(
            """
            INSERT INTO shard AS s (name, cluster, contract, oldest_contract) VALUES ($1, $2, $3, $4)
            ON CONFLICT (one) DO UPDATE SET
                contract = greatest(s.contract, $3),
                oldest_contract = CASE WHEN $3 >= s.contract THEN $4 ELSE s.oldest_contract END
                WHERE s.name = $1 AND s.cluster = $2 AND s.contract >= $4 AND s.oldest_contract <= $3
            """,
            connection)
        {
            Parameters = { new() { Value = shard }, new() { Value = cluster }, new() { Value = contract }, new() { Value = oldestContract } },
        };
        await claim.ExecuteNonQueryAsync(cancellationToken);

        await using var read = new NpgsqlCommand("SELECT name, cluster, contract, oldest_contract FROM shard", connection);
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var failures = new List<string>();
        if (row.GetString(0) is var owner && owner != shard)
        {
            failures.Add($"it belongs to shard {owner}, not {shard}");
        }

        if (row.GetString(1) is var members && members != cluster)
        {
            failures.Add($"it belongs to cluster {members}, not {cluster}");
        }

        var (spoken, understood) = (row.GetInt32(2), row.GetInt32(3));
        if (spoken < oldestContract || understood > contract)
        {
            failures.Add(
                $"its silos speak contract version {spoken} and understand {understood} and later, this build {contract} and {oldestContract} and later");
        }

        return failures;
    }

    /// <summary>Half of the time of the question is the error of the answer.</summary>
    private static async Task<TimeSpan> MeasureSkewAsync(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var ask = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var before = clock.GetUtcNow();
        var there = new DateTimeOffset((DateTime)(await ask.ExecuteScalarAsync(cancellationToken))!);
        var after = clock.GetUtcNow();
        return there < before ? before - there : there > after ? there - after : TimeSpan.Zero;
    }
}

namespace Game.EventStore.Postgres;

/// <summary>What a shard's database needs after it was restored to an earlier moment, before a silo runs on it again.</summary>
public static class PostgresRestore
{
    /// <summary>More than a shard appends in the time between a backup and its restore.</summary>
    public const long SkippedPositions = 1_000_000_000;

    /// <summary>How long a silo counts as running after it last said so.</summary>
    private static readonly TimeSpan Alive = TimeSpan.FromMinutes(1);

    /// <summary>Silos that run on the database now.</summary>
    /// <exception cref="EventStoreException">The database cannot be used.</exception>
    public static async Task<IReadOnlyList<string>> FindSilosAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        const int Active = 3;
        await using var store = await PostgresEventStore.OpenAsync(connectionString, cancellationToken);
        return await store.QueryAsync(
            "SELECT name FROM orleans_silo WHERE status = $1 AND alive_at > now() - $2 ORDER BY name",
            row => row.GetString(0),
            cancellationToken,
            Active,
            Alive);
    }

    /// <summary>
    /// Makes later events start at positions that nobody has seen: message ids are made of them, and other shards take a message
    /// with a known id for a repetition. Again without an event in between it changes nothing.
    /// </summary>
    /// <exception cref="EventStoreException">The database cannot be used.</exception>
    public static async Task SkipPositionsAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        await using var store = await PostgresEventStore.OpenAsync(connectionString, cancellationToken);
        await store.ExecuteAsync(
            """
            INSERT INTO skipped (after, until)
            SELECT head, head + $1 FROM (SELECT coalesce(max(position), 0) AS head FROM event) AS log
             WHERE head > (SELECT coalesce(max(until), 0) FROM skipped)
            """,
            cancellationToken,
            SkippedPositions);
    }

    /// <summary>Moves cursors back, so that what was read shortly before the last event is read again.</summary>
    /// <param name="connectionString">The shard's database.</param>
    /// <param name="prefix">Which cursors.</param>
    /// <param name="span">How long before the last event.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The position after which is read again.</returns>
    /// <exception cref="EventStoreException">The database cannot be used.</exception>
    public static async Task<long> RewindCursorsAsync(
        string connectionString, string prefix, TimeSpan span, CancellationToken cancellationToken = default)
    {
        await using var store = await PostgresEventStore.OpenAsync(connectionString, cancellationToken);
        var position = (await store.QueryAsync(
            "SELECT coalesce(max(position), 0) FROM event WHERE at_ticks < (SELECT max(at_ticks) FROM event) - $1",
            row => row.GetInt64(0),
            cancellationToken,
            span.Ticks)).Single();
        await store.ExecuteAsync(
            "UPDATE cursor SET position = $2 WHERE starts_with(name, $1) AND position > $2", cancellationToken, prefix, position);
        return position;
    }
}

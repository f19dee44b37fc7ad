namespace Game.EventStore.Postgres;

/// <inheritdoc/>
public sealed class PostgresItems : IDurableItems
{
    private readonly PostgresEventStore _store;
    private readonly string _collection;

    internal PostgresItems(PostgresEventStore store, string collection)
    {
        _store = store;
        _collection = collection;
    }

    public async Task<IReadOnlyList<KeyValuePair<string, byte[]>>> ReadAllAsync(CancellationToken cancellationToken = default) =>
        await _store.QueryAsync(
            "SELECT key, value FROM item WHERE collection = $1 ORDER BY key",
            row => KeyValuePair.Create(row.GetString(0), row.GetFieldValue<byte[]>(1)),
            cancellationToken,
            _collection);

    public Task PutAsync(string key, byte[] value, CancellationToken cancellationToken = default) => _store.ExecuteAsync(
        "INSERT INTO item (collection, key, value) VALUES ($1, $2, $3) ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value",
        cancellationToken,
        _collection,
        key,
        value);

    public async Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default) =>
        await _store.ExecuteAsync("DELETE FROM item WHERE collection = $1 AND key = $2", cancellationToken, _collection, key) > 0;
}

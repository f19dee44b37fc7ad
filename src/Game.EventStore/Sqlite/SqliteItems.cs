namespace Game.EventStore.Sqlite;

/// <inheritdoc/>
public sealed class SqliteItems : IDurableItems
{
    private readonly SqliteEventStore _store;
    private readonly string _collection;

    internal SqliteItems(SqliteEventStore store, string collection)
    {
        _store = store;
        _collection = collection;
    }

    public Task<IReadOnlyList<KeyValuePair<string, byte[]>>> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _store.ReadAsync(session => session.ReadItems(_collection), cancellationToken);

    public Task PutAsync(string key, byte[] value, CancellationToken cancellationToken = default) => _store.WriteAsync(
        session =>
        {
            session.PutItem(_collection, key, value);
            return true;
        },
        cancellationToken);

    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default) =>
        _store.WriteAsync(session => session.RemoveItem(_collection, key), cancellationToken);
}

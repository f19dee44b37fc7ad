namespace Game.EventStore;

/// <summary>
/// A named collection of small durable values beside the log, for a host's own needs (reminders). Safe for concurrent use; a
/// write has happened when its task completes; errors are <see cref="EventStoreException"/>.
/// </summary>
public interface IDurableItems
{
    /// <summary>All items, by key.</summary>
    Task<IReadOnlyList<KeyValuePair<string, byte[]>>> ReadAllAsync(CancellationToken cancellationToken = default);

    Task PutAsync(string key, byte[] value, CancellationToken cancellationToken = default);

    /// <returns>Whether there was one.</returns>
    Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default);
}

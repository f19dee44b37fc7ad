using System.Collections.Concurrent;

namespace Game.EventStore.InMemory;

/// <summary>Items of this process's memory, for tests beside <see cref="InMemoryEventStore"/>. In the order of their keys. Safe for concurrent use.</summary>
public sealed class InMemoryItems : IDurableItems
{
    private readonly ConcurrentDictionary<string, byte[]> _items = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<KeyValuePair<string, byte[]>>> ReadAllAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<KeyValuePair<string, byte[]>>>([.. _items.OrderBy(item => item.Key, StringComparer.Ordinal)]);

    public Task PutAsync(string key, byte[] value, CancellationToken cancellationToken = default)
    {
        _items[key] = value;
        return Task.CompletedTask;
    }

    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default) => Task.FromResult(_items.TryRemove(key, out _));
}

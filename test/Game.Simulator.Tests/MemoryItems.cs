using Game.EventStore;

namespace Game.Simulator.Tests;

/// <summary>Durable items that outlive a silo. For the simulation's thread.</summary>
internal sealed class MemoryItems : IDurableItems
{
    private readonly SortedDictionary<string, byte[]> _items = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<KeyValuePair<string, byte[]>>> ReadAllAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<KeyValuePair<string, byte[]>>>([.. _items]);

    public Task PutAsync(string key, byte[] value, CancellationToken cancellationToken = default)
    {
        _items[key] = value;
        return Task.CompletedTask;
    }

    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default) => Task.FromResult(_items.Remove(key));
}

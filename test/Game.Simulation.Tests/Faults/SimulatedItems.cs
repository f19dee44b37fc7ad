using Game.EventStore;

namespace Game.Simulation.Tests;

/// <summary>A shard's durable items. They outlive its silo and fail as its store does.</summary>
internal sealed class SimulatedItems(World world, string shard) : IDurableItems
{
    private readonly SortedDictionary<string, byte[]> _items = new(StringComparer.Ordinal);

    public byte[]? Find(string key) => _items.GetValueOrDefault(key);

    public Task<IReadOnlyList<KeyValuePair<string, byte[]>>> ReadAllAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<KeyValuePair<string, byte[]>>>([.. _items]);

    public async Task PutAsync(string key, byte[] value, CancellationToken cancellationToken = default)
    {
        await WriteAsync(key);
        _items[key] = value;
    }

    public async Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        await WriteAsync(key);
        return _items.Remove(key);
    }

    private async Task WriteAsync(string key)
    {
        await world.DelayAsync(TimeSpan.FromMilliseconds(world.Random.NextDouble()));
        if (world.Happens(world.StoreFaults.Refused))
        {
            world.Trace.Add($"store {shard} refuses item {key}");
            throw new EventStoreException("The disk is full.");
        }
    }
}

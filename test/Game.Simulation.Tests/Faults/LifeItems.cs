using Game.EventStore;

namespace Game.Simulation.Tests;

/// <summary>
/// One life's view of a shard's durable items. What another life has written meanwhile is not removed, as the ETag of a shared table
/// would see to.
/// </summary>
internal sealed class LifeItems(World world, SimulatedItems items) : IDurableItems
{
    private readonly Dictionary<string, byte[]> _known = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<KeyValuePair<string, byte[]>>> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        var all = await items.ReadAllAsync(cancellationToken);
        foreach (var (key, value) in all)
        {
            _known[key] = value;
        }

        return all;
    }

    public async Task PutAsync(string key, byte[] value, CancellationToken cancellationToken = default)
    {
        if (world.Plan.Defect == Defect.ReminderLost)
        {
            return;
        }

        await items.PutAsync(key, value, cancellationToken);
        _known[key] = value;
    }

    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default) =>
        _known.TryGetValue(key, out var known) && ReferenceEquals(items.Find(key), known)
            ? items.RemoveAsync(key, cancellationToken)
            : Task.FromResult(false);
}

using System.Runtime.CompilerServices;
using Game.EventStore;
using Game.EventStore.InMemory;

namespace Game.Simulation.Tests;

/// <summary>
/// One life's access to a shard's store: takes time, fails as planned, and stops dead with its process. The store itself
/// outlives it.
/// </summary>
internal sealed class SimulatedStore(World world, string shard, InMemoryEventStore store) : IEventStore
{
    private bool _dead;

    private StoreFaults Faults => world.StoreFaults;

    public void Kill() => _dead = true;

    public async ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default)
    {
        await WorkAsync();
        if (world.Happens(Faults.Refused))
        {
            world.Trace.Add($"store {shard} refuses {stream}@{expectedVersion}");
            throw new EventStoreException("The disk is full.");
        }

        if (world.Happens(Faults.OutcomeUnknown))
        {
            var stored = world.Random.Next(2) == 0;
            world.Trace.Add($"store {shard} loses the answer for {stream}@{expectedVersion}, stored: {stored}");
            if (stored)
            {
                await store.AppendAsync(stream, expectedVersion, commits, cancellationToken);
            }

            await WorkAsync();
            throw new AppendOutcomeUnknownException("The connection is lost.", null);
        }

        var result = await store.AppendAsync(stream, expectedVersion, commits, cancellationToken);
        foreach (var commit in commits)
        {
            world.Trace.Add($"store {shard} {stream}@{expectedVersion} {result.Status} {commit.CommandId}: {string.Join(' ', commit.Events.Select(data => data.Type))}");
        }

        await WorkAsync();
        return result;
    }

    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        string stream,
        long fromVersion = 1,
        long untilVersion = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await ReadAsync();
        await foreach (var stored in store.ReadAsync(stream, fromVersion, untilVersion, cancellationToken))
        {
            yield return stored;
        }
    }

    public async ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellationToken = default)
    {
        await ReadAsync();
        return await store.ReadAllAsync(afterPosition, limit, cancellationToken);
    }

    public async ValueTask<long> GetHeadAsync(CancellationToken cancellationToken = default)
    {
        await ReadAsync();
        return await store.GetHeadAsync(cancellationToken);
    }

    public async ValueTask<CommandRecord?> FindCommandAsync(string stream, string commandId, CancellationToken cancellationToken = default)
    {
        await ReadAsync();
        return await store.FindCommandAsync(stream, commandId, cancellationToken);
    }

    public async ValueTask<long> FindVersionAsync(string stream, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        await ReadAsync();
        return await store.FindVersionAsync(stream, at, cancellationToken);
    }

    public async ValueTask<Snapshot?> ReadSnapshotAsync(
        string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default)
    {
        await ReadAsync();
        return await store.ReadSnapshotAsync(stream, untilVersion, cancellationToken);
    }

    public async ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        await WriteAsync();
        await store.WriteSnapshotAsync(snapshot, cancellationToken);
    }

    public async ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default)
    {
        await ReadAsync();
        return await store.ReadCursorAsync(name, cancellationToken);
    }

    public async ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default)
    {
        await WriteAsync();
        await store.WriteCursorAsync(name, position, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task ReadAsync()
    {
        // Most reads answer from a cache.
        if (world.Random.Next(8) == 0)
        {
            await WorkAsync();
        }

        if (world.Happens(Faults.Unreadable))
        {
            world.Trace.Add($"store {shard} cannot be read");
            throw new EventStoreException("The disk cannot be read.");
        }
    }

    private async Task WriteAsync()
    {
        await WorkAsync();
        if (world.Happens(Faults.Refused))
        {
            world.Trace.Add($"store {shard} refuses a write");
            throw new EventStoreException("The disk is full.");
        }
    }

    private async Task WorkAsync()
    {
        await world.DelayAsync(TimeSpan.FromMilliseconds(world.Random.NextDouble() * 2));
        if (_dead)
        {
            // The process has died meanwhile: nothing of it goes on.
            await new TaskCompletionSource().Task;
        }
    }
}

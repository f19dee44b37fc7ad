using Game.EventStore;
using Game.Grains.Broadcast;

namespace Game.Simulation.Tests;

/// <summary>One life's store with a planted defect.</summary>
internal sealed class DefectiveStore(World world, SimulatedStore store) : IEventStore
{
    private Defect Defect => world.Plan.Defect;

    public async ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default)
    {
        var until = expectedVersion + commits.Sum(commit => commit.Events.Count);
        if (Defect == Defect.AppendAnsweredEarly)
        {
            world.Run(() => AppendLateAsync(stream, expectedVersion, commits));
            return AppendResult.Appended(until, 0);
        }

        try
        {
            var result = await store.AppendAsync(stream, expectedVersion, commits, cancellationToken);
            return (Defect, result.Status) switch
            {
                (Defect.ConflictOverwritten, AppendStatus.Conflict) => await store.AppendAsync(stream, result.Version, commits, cancellationToken),
                (Defect.DuplicateStoredAgain, AppendStatus.Duplicate) => await AppendAgainAsync(stream, commits, cancellationToken),
                _ => result,
            };
        }
        catch (AppendOutcomeUnknownException) when (Defect == Defect.UnknownTakenAsStored)
        {
            return AppendResult.Appended(until, 0);
        }
    }

    public IAsyncEnumerable<StoredEvent> ReadAsync(
        string stream, long fromVersion = 1, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        store.ReadAsync(stream, fromVersion, untilVersion, cancellationToken);

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        store.ReadAllAsync(afterPosition, limit, cancellationToken);

    public ValueTask<long> GetHeadAsync(CancellationToken cancellationToken = default) => store.GetHeadAsync(cancellationToken);

    public ValueTask<CommandRecord?> FindCommandAsync(string stream, string commandId, CancellationToken cancellationToken = default) =>
        store.FindCommandAsync(stream, commandId, cancellationToken);

    public ValueTask<long> FindVersionAsync(string stream, DateTimeOffset at, CancellationToken cancellationToken = default) =>
        store.FindVersionAsync(stream, at, cancellationToken);

    public async ValueTask<Snapshot?> ReadSnapshotAsync(
        string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default)
    {
        var snapshot = await store.ReadSnapshotAsync(stream, untilVersion, cancellationToken);
        if (Defect == Defect.SnapshotTailDropped && snapshot is not null && !stream.StartsWith(BroadcastRoutes.Cursors, StringComparison.Ordinal))
        {
            await foreach (var _ in store.ReadAsync(stream, snapshot.Version + 1, snapshot.Version + 1, cancellationToken))
            {
                return snapshot with { Version = snapshot.Version + 1 };
            }
        }

        return snapshot;
    }

    public ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default) =>
        store.WriteSnapshotAsync(snapshot, cancellationToken);

    public ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default) =>
        Defect == Defect.CursorMovedEarly && name.StartsWith(BroadcastRoutes.Cursors, StringComparison.Ordinal)
            ? store.GetHeadAsync(cancellationToken)
            : store.ReadCursorAsync(name, cancellationToken);

    public ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default) =>
        store.WriteCursorAsync(name, position, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task AppendLateAsync(string stream, long expectedVersion, IReadOnlyList<Commit> commits)
    {
        await world.DelayAsync(TimeSpan.FromMilliseconds(world.Random.NextDouble() * 20));
        try
        {
            await store.AppendAsync(stream, expectedVersion, commits);
        }
        catch (EventStoreException exception)
        {
            // Nobody waits for it: that is the defect.
            world.Trace.Add($"defect: {stream}@{expectedVersion} was answered and is not stored: {exception.Message}");
        }
    }

    private async Task<AppendResult> AppendAgainAsync(string stream, IReadOnlyList<Commit> commits, CancellationToken cancellationToken)
    {
        List<Commit> again = [.. commits.Select(commit => commit with { CommandId = $"{commit.CommandId}/again{world.Random.Next()}" })];
        var actual = await store.AppendAsync(stream, long.MaxValue - 1_000_000, again, cancellationToken);
        return await store.AppendAsync(stream, actual.Version, again, cancellationToken);
    }
}

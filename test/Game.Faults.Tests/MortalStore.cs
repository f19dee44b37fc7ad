using System.Runtime.CompilerServices;
using Game.EventStore;

namespace Game.Faults.Tests;

/// <summary>A shard's store as one life of its silo sees it: with the life's end nothing more is read or written.</summary>
internal sealed class MortalStore(IEventStore store) : IEventStore
{
    private volatile bool _dead;
    private volatile Task _held = Task.CompletedTask;

    public void Kill() => _dead = true;

    /// <summary>Appends wait for <paramref name="until"/>, as with a slow disk.</summary>
    public void Hold(Task until) => _held = until;

    public async ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default)
    {
        await _held.WaitAsync(cancellationToken);
        return await Alive().AppendAsync(stream, expectedVersion, commits, cancellationToken);
    }

    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        string stream, long fromVersion = 1, long untilVersion = long.MaxValue, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var stored in Alive().ReadAsync(stream, fromVersion, untilVersion, cancellationToken))
        {
            yield return stored;
        }
    }

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        Alive().ReadAllAsync(afterPosition, limit, cancellationToken);

    public ValueTask<long> GetHeadAsync(CancellationToken cancellationToken = default) => Alive().GetHeadAsync(cancellationToken);

    public ValueTask<CommandRecord?> FindCommandAsync(string stream, string commandId, CancellationToken cancellationToken = default) =>
        Alive().FindCommandAsync(stream, commandId, cancellationToken);

    public ValueTask<long> FindVersionAsync(string stream, DateTimeOffset at, CancellationToken cancellationToken = default) =>
        Alive().FindVersionAsync(stream, at, cancellationToken);

    public ValueTask<Snapshot?> ReadSnapshotAsync(string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        Alive().ReadSnapshotAsync(stream, untilVersion, cancellationToken);

    public ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default) =>
        Alive().WriteSnapshotAsync(snapshot, cancellationToken);

    public ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default) => Alive().ReadCursorAsync(name, cancellationToken);

    public ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default) =>
        Alive().WriteCursorAsync(name, position, cancellationToken);

    public ValueTask DisposeAsync() => default;

    private IEventStore Alive() => _dead ? throw new EventStoreException("The process is dead.") : store;
}

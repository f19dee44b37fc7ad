using Game.EventStore;

namespace Game.Grains.Tests;

/// <summary>A store that can be told to refuse appends, to store them and lose the answer, or to let them wait.</summary>
public sealed class FaultyStore(IEventStore store) : IEventStore
{
    /// <summary>What the next appends meet; called before each with the stream's name.</summary>
    public Func<string, Fault> Next { get; set; } = _ => Fault.None;

    /// <summary>What appends wait for; called before each with the stream's name.</summary>
    public Func<string, Task> Hold { get; set; } = _ => Task.CompletedTask;

    /// <summary>While true, streams cannot be read.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>A cursor whose stored position is lost; null: none.</summary>
    public string? LostCursor { get; init; }

    private long _lost;

    public async ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default)
    {
        await Hold(stream);
        var fault = Next(stream);
        if (fault == Fault.Refused)
        {
            throw new EventStoreException("refused by the test");
        }

        if (fault == Fault.AnswerLostBefore)
        {
            throw new AppendOutcomeUnknownException("lost before by the test", null);
        }

        var result = await store.AppendAsync(stream, expectedVersion, commits, cancellationToken);
        return fault == Fault.AnswerLostAfter ? throw new AppendOutcomeUnknownException("lost after by the test", null) : result;
    }

    public IAsyncEnumerable<StoredEvent> ReadAsync(
        string stream, long fromVersion = 1, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        IsUnreadable ? throw new EventStoreException("unreadable by the test") : store.ReadAsync(stream, fromVersion, untilVersion, cancellationToken);

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        store.ReadAllAsync(afterPosition, limit, cancellationToken);

    public ValueTask<IReadOnlyList<LoggedEvent>> ReadLogAsync(long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        store.ReadLogAsync(afterPosition, limit, cancellationToken);

    public ValueTask<long> GetHeadAsync(CancellationToken cancellationToken = default) => store.GetHeadAsync(cancellationToken);

    public ValueTask<CommandRecord?> FindCommandAsync(string stream, string commandId, CancellationToken cancellationToken = default) =>
        store.FindCommandAsync(stream, commandId, cancellationToken);

    public ValueTask<long> FindVersionAsync(string stream, DateTimeOffset at, CancellationToken cancellationToken = default) =>
        store.FindVersionAsync(stream, at, cancellationToken);

    public ValueTask<Snapshot?> ReadSnapshotAsync(string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        store.ReadSnapshotAsync(stream, untilVersion, cancellationToken);

    public ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default) =>
        store.WriteSnapshotAsync(snapshot, cancellationToken);

    public ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default) =>
        name == LostCursor ? new(_lost) : store.ReadCursorAsync(name, cancellationToken);

    public ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default)
    {
        if (name == LostCursor)
        {
            _lost = position;
            return default;
        }

        return store.WriteCursorAsync(name, position, cancellationToken);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}

public enum Fault
{
    None,

    /// <summary>Nothing is stored, and the store says so.</summary>
    Refused,

    /// <summary>Nothing is stored, and the store cannot say.</summary>
    AnswerLostBefore,

    /// <summary>Everything is stored, and the store cannot say.</summary>
    AnswerLostAfter,
}

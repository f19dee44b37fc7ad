using System.Runtime.CompilerServices;

namespace Game.EventStore.InMemory;

/// <summary>
/// An event store that lives as long as its process: for tests and simulations. Every operation completes synchronously.
/// </summary>
public sealed class InMemoryEventStore : IEventStore
{
    private readonly Lock _lock = new();
    private readonly List<StoredEvent> _log = [];
    private readonly Dictionary<string, List<StoredEvent>> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Stream, string CommandId), CommandRecord> _commands = [];
    private readonly Dictionary<string, List<Snapshot>> _snapshots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _cursors = new(StringComparer.Ordinal);

    public ValueTask<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<Commit> commits, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AppendGuard.CheckAppend(stream, expectedVersion, commits);
        lock (_lock)
        {
            foreach (var commit in commits)
            {
                if (_commands.TryGetValue((stream, commit.CommandId), out var record))
                {
                    return ValueTask.FromResult(AppendResult.Duplicate(record));
                }
            }

            var events = _streams.GetValueOrDefault(stream);
            var version = events?.Count ?? 0;
            if (version != expectedVersion)
            {
                return ValueTask.FromResult(AppendResult.Conflict(version));
            }

            if (events is null)
            {
                _streams[stream] = events = [];
            }

            foreach (var commit in commits)
            {
                _commands[(stream, commit.CommandId)] = new CommandRecord(
                    commit.CommandId, commit.Fingerprint, events.Count + 1, events.Count + commit.Events.Count);
                foreach (var data in commit.Events)
                {
                    var stored = new StoredEvent(
                        _log.Count + 1, stream, events.Count + 1, commit.CommandId, commit.At, data.Type, data.SchemaVersion, data.Body);
                    _log.Add(stored);
                    events.Add(stored);
                }
            }

            return ValueTask.FromResult(AppendResult.Appended(events.Count, _log.Count));
        }
    }

    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        string stream,
        long fromVersion = 1,
        long untilVersion = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoredEvent[] events;
        lock (_lock)
        {
            events = _streams.TryGetValue(stream, out var all)
                ? [.. all.Skip((int)Math.Clamp(fromVersion - 1, 0, all.Count)).TakeWhile(stored => stored.Version <= untilVersion)]
                : [];
        }

        foreach (var stored in events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return stored;
        }

        await ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        lock (_lock)
        {
            var from = (int)Math.Min(Math.Max(0, afterPosition), _log.Count);
            return ValueTask.FromResult<IReadOnlyList<StoredEvent>>(_log.GetRange(from, Math.Min(limit, _log.Count - from)));
        }
    }

    public ValueTask<long> GetHeadAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult((long)_log.Count);
        }
    }

    public ValueTask<CommandRecord?> FindCommandAsync(string stream, string commandId, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_commands.GetValueOrDefault((stream, commandId)));
        }
    }

    public ValueTask<long> FindVersionAsync(string stream, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(
                _streams.TryGetValue(stream, out var events) ? events.FindLast(stored => stored.At <= at)?.Version ?? 0 : 0);
        }
    }

    public ValueTask<Snapshot?> ReadSnapshotAsync(
        string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(
                _snapshots.TryGetValue(stream, out var all) ? all.FindLast(snapshot => snapshot.Version <= untilVersion) : null);
        }
    }

    public ValueTask WriteSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        AppendGuard.CheckSnapshot(snapshot);
        lock (_lock)
        {
            if (!_snapshots.TryGetValue(snapshot.Stream, out var all))
            {
                _snapshots[snapshot.Stream] = all = [];
            }

            all.RemoveAll(older => older.Version == snapshot.Version);
            all.Add(snapshot);
            all.Sort(static (a, b) => a.Version.CompareTo(b.Version));
            all.RemoveRange(0, Math.Max(0, all.Count - Snapshot.Kept));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<long> ReadCursorAsync(string name, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_cursors.GetValueOrDefault(name));
        }
    }

    public ValueTask WriteCursorAsync(string name, long position, CancellationToken cancellationToken = default)
    {
        AppendGuard.CheckCursor(name, position);
        lock (_lock)
        {
            AppendGuard.CheckCursorMoves(name, _cursors.GetValueOrDefault(name), position);
            _cursors[name] = position;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

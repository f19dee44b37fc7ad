using Game.EventStore;

namespace Game.Grains.Relay;

/// <summary>
/// Fills an empty store with a shard's log: the same positions, versions, commands and instants, so that it answers as the one
/// that was lost. Not thread-safe; events are given in order of their positions.
/// </summary>
public sealed class ShardRestore
{
    /// <summary>Appends that share transactions.</summary>
    private const int MaxBatch = 128;

    private readonly IEventStore _store;
    private readonly string _shard;
    private readonly List<LoggedEvent> _command = [];
    private readonly List<(string Stream, long Before, List<Commit> Commits, long Position)> _batch = [];
    private readonly HashSet<string> _streams = new(StringComparer.Ordinal);
    private long _position;

    private ShardRestore(string shard, IEventStore store)
    {
        _shard = shard;
        _store = store;
    }

    /// <summary>Events restored.</summary>
    public long Restored { get; private set; }

    /// <summary>Events at the end of the log whose command is not whole: they were never answered for by this log, and are left out.</summary>
    public int LeftOut => _command.Count;

    /// <exception cref="PublishedLogException">The store is not empty.</exception>
    public static async Task<ShardRestore> BeginAsync(string shard, IEventStore store, CancellationToken cancellationToken = default) =>
        await store.GetHeadAsync(cancellationToken) is var head and > 0
            ? throw new PublishedLogException($"Shard {shard}: the store holds {head} events; only an empty one is restored.")
            : new ShardRestore(shard, store);

    /// <exception cref="PublishedLogException">The event does not follow those before, or the store did not take it as it was.</exception>
    /// <exception cref="EventStoreException">The store failed; it has to be emptied before another try.</exception>
    public async Task AddAsync(LoggedEvent logged, CancellationToken cancellationToken = default)
    {
        if (logged.Event.Position != ++_position)
        {
            throw new PublishedLogException($"Shard {_shard}: position {logged.Event.Position} came where {_position} was expected.");
        }

        if (_command.Count > 0 && (logged.Event.Stream != _command[^1].Event.Stream || logged.Command != _command[^1].Command
            || logged.Event.Version != _command[^1].Event.Version + 1))
        {
            throw new PublishedLogException($"Shard {_shard}: position {_position} cuts command {_command[0].Command.CommandId} of stream {_command[0].Event.Stream} in two.");
        }

        _command.Add(logged);
        if (logged.Event.Version == logged.Command.LastVersion)
        {
            await AddCommandAsync(cancellationToken);
        }
    }

    /// <summary>Writes what is left, and the cursor of the relay: what came from the topic is not published to it again.</summary>
    public async Task CompleteAsync(string cursor, CancellationToken cancellationToken = default)
    {
        await WriteAsync(cancellationToken);
        if (Restored > 0)
        {
            await _store.WriteCursorAsync(cursor, Restored, cancellationToken);
        }
    }

    private async Task AddCommandAsync(CancellationToken cancellationToken)
    {
        var (stream, before) = (_command[0].Event.Stream, _command[0].Event.Version - 1);
        if (before != _command[0].Command.FirstVersion - 1)
        {
            throw new PublishedLogException($"Shard {_shard}: stream {stream} begins command {_command[0].Command.CommandId} at version {before + 1}, not at {before}.");
        }

        if (_batch.Count > 0 && _batch[^1].Stream == stream)
        {
            // Another command of the same stream right after: one append, as it may have been before.
            _batch[^1].Commits.Add(PublishedLog.CommitOf(_command));
            _batch[^1] = _batch[^1] with { Position = _position };
        }
        else
        {
            if (_batch.Count == MaxBatch || !_streams.Add(stream))
            {
                await WriteAsync(cancellationToken);
                _streams.Add(stream);
            }

            _batch.Add((stream, before, [PublishedLog.CommitOf(_command)], _position));
        }

        _command.Clear();
    }

    /// <summary>Streams of a batch differ, so that a store which writes them together keeps their order.</summary>
    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(_batch.Select(
            append => _store.AppendAsync(append.Stream, append.Before, append.Commits, cancellationToken).AsTask()));
        foreach (var (append, result) in _batch.Zip(results))
        {
            if (result.Status != AppendStatus.Appended || result.Position != append.Position)
            {
                throw new PublishedLogException(
                    $"Shard {_shard}: stream {append.Stream} after version {append.Before} was answered with {result.Status} at position {result.Position}, not {append.Position}: somebody else writes to the store, or the log is not whole. Empty the store before another try.");
            }

            Restored = append.Position;
        }

        _batch.Clear();
        _streams.Clear();
    }
}

using System.Diagnostics;

namespace Game.EventStore.Sqlite;

/// <summary>
/// Work on its way to the writer: many add, one takes all there is at once. Those who find it full wait for room.
/// </summary>
internal sealed class SqliteQueue(int limit)
{
    private readonly object _lock = new();
    private List<SqliteWork> _waiting = [];
    private TaskCompletionSource? _room;
    private bool _taking;
    private bool _closed;

    /// <returns>Whether it was added; not after <see cref="Close"/>.</returns>
    public async ValueTask<bool> AddAsync(SqliteWork work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_closed)
                {
                    return false;
                }

                if (_waiting.Count < limit)
                {
                    _waiting.Add(work);
                    if (_taking)
                    {
                        Monitor.Pulse(_lock);
                    }

                    return true;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Waits for work, then up to <paramref name="patience"/> until there are <paramref name="expected"/> pieces of it.
    /// </summary>
    /// <returns>All there is, which the caller hands back with the next call; null if closed and empty.</returns>
    public List<SqliteWork>? Take(List<SqliteWork> handedBack, int expected, TimeSpan patience)
    {
        handedBack.Clear();
        lock (_lock)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return null;
                }

                _taking = true;
                Monitor.Wait(_lock);
                _taking = false;
            }
        }

        for (var started = Stopwatch.GetTimestamp(); Volatile.Read(ref _waiting).Count < expected && Stopwatch.GetElapsedTime(started) < patience;)
        {
            Thread.Yield();
        }

        lock (_lock)
        {
            var taken = _waiting;
            _waiting = handedBack;
            _room?.SetResult();
            _room = null;
            return taken;
        }
    }

    /// <summary>Takes nothing more; what is in it is still given out.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _room?.SetResult();
            _room = null;
            Monitor.Pulse(_lock);
        }
    }
}

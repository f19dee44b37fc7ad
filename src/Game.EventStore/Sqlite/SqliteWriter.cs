using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Game.EventStore.Sqlite;

/// <summary>
/// The one writer of a file: a thread that puts all work waiting into one transaction (group commit). Work that makes the
/// shared transaction fail does so alone: the others are then written one by one. A COMMIT without a clear answer is
/// reported as unknown, and the file is opened anew.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxBatch = 1024;
    private const int MaxWaiting = 16 * 1024;

    // Callers of the last batch come back within this time; waiting for them halves the number of transactions.
    private static readonly TimeSpan Gather = TimeSpan.FromMicroseconds(300);

    private readonly string _path;
    private readonly SemaphoreSlim _room = new(MaxWaiting);
    private readonly BlockingCollection<SqliteWork> _waiting = [];
    private readonly Thread _thread;
    private SqliteSession? _session;

    public SqliteWriter(string path)
    {
        _path = path;
        _session = new SqliteSession(SqliteFile.OpenForWriting(path));
        _thread = new Thread(Run) { IsBackground = true, Name = "event-store-writer" };
        _thread.Start();
    }

    /// <summary>
    /// Waits for room, then for the work to be durable. Cancellation counts only until there is room: what is queued is
    /// written.
    /// </summary>
    /// <exception cref="EventStoreException">It could not be written, or the store is closed.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> execute, CancellationToken cancellationToken)
    {
        var work = new SqliteWork<T>(execute);
        await _room.WaitAsync(cancellationToken);
        try
        {
            _waiting.Add(work, CancellationToken.None);
        }
        catch (InvalidOperationException exception)
        {
            _room.Release();
            throw SqliteFile.Closed(_path, exception);
        }

        return await work.Task;
    }

    /// <summary>Finishes what is waiting, then closes the file.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _session?.Dispose();
    }

    private void Run()
    {
        var batch = new List<SqliteWork>();
        while (_waiting.TryTake(out var first, Timeout.Infinite))
        {
            var expected = batch.Count;
            batch.Clear();
            batch.Add(first);
            var gathering = Stopwatch.GetTimestamp();
            while (batch.Count < MaxBatch)
            {
                if (_waiting.TryTake(out var next))
                {
                    batch.Add(next);
                }
                else if (batch.Count >= expected || Stopwatch.GetElapsedTime(gathering) > Gather)
                {
                    break;
                }
                else
                {
                    Thread.Yield();
                }
            }

            _room.Release(batch.Count);
            Write(batch);
        }
    }

    private void Write(List<SqliteWork> batch)
    {
        if (TryWrite(batch, out var failure, out var separable))
        {
            batch.ForEach(work => work.Complete());
        }
        else if (separable && batch.Count > 1)
        {
            foreach (var work in batch)
            {
                Write([work]);
            }
        }
        else
        {
            batch.ForEach(work => work.Fail(failure));
        }
    }

    /// <param name="batch">What shares the transaction.</param>
    /// <param name="failure">Why nothing of it is stored, or why that is unknown.</param>
    /// <param name="separable">Whether some of it may succeed without the rest.</param>
    private bool TryWrite(List<SqliteWork> batch, out Exception failure, out bool separable)
    {
        var started = Stopwatch.GetTimestamp();
        var step = Step.Begin;
        try
        {
            _session ??= new SqliteSession(SqliteFile.OpenForWriting(_path));
            _session.Begin();
            step = Step.Execute;
            foreach (var work in batch)
            {
                work.Execute(_session);
            }

            step = Step.Commit;
            _session.Commit();
            EventStoreMetrics.Transaction(batch.Count, Stopwatch.GetElapsedTime(started));
            (failure, separable) = (null!, false);
            return true;
        }
        catch (Exception exception)
        {
            var unknown = step == Step.Commit && !SqliteFile.IsFull(exception);
            RollBack(reopen: unknown);
            failure = SqliteFile.Explain(_path, exception);
            separable = step != Step.Begin && !unknown;
            if (unknown)
            {
                failure = new AppendOutcomeUnknownException(
                    $"{failure.Message} Whether the last writes are stored is unknown until they are looked up.", exception);
            }

            return false;
        }
    }

    private void RollBack(bool reopen)
    {
        try
        {
            if (!reopen)
            {
                _session?.RollBack();
                return;
            }
        }
        catch (SqliteException)
        {
            // SQLite has ended the transaction by itself, as it does on some errors. Closing leaves nothing of it either.
        }

        _session?.Dispose();
        _session = null;
    }

    private enum Step
    {
        Begin,
        Execute,
        Commit,
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Game.EventStore.Sqlite;

/// <summary>
/// The one writer of a file: a thread that puts all work waiting into one transaction (group commit). A failed transaction
/// fails all of its work and changes nothing; one whose COMMIT gave no clear answer is reported as unknown.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxBatch = 1024;
    private const int MaxWaiting = 16 * 1024;

    // Callers of the last batch come back within this time; waiting for them halves the number of transactions.
    private static readonly TimeSpan Gather = TimeSpan.FromMicroseconds(300);

    private readonly string _path;
    private readonly BlockingCollection<SqliteWork> _waiting = new(MaxWaiting);
    private readonly Thread _thread;
    private SqliteSession? _session;

    public SqliteWriter(string path)
    {
        _path = path;
        _session = new SqliteSession(SqliteFile.OpenForWriting(path));
        _thread = new Thread(Run) { IsBackground = true, Name = "event-store-writer" };
        _thread.Start();
    }

    /// <exception cref="EventStoreException">The store is closed.</exception>
    public Task<T> Enqueue<T>(Func<SqliteSession, T> execute)
    {
        var work = new SqliteWork<T>(execute);
        try
        {
            _waiting.Add(work);
        }
        catch (InvalidOperationException exception)
        {
            throw new EventStoreException($"The event store {_path} is closed.", exception);
        }

        return work.Task;
    }

    /// <summary>Finishes what is waiting, then closes the file.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _session?.Dispose();
        _waiting.Dispose();
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

            Write(batch);
        }
    }

    private void Write(List<SqliteWork> batch)
    {
        var started = Stopwatch.GetTimestamp();
        var committing = false;
        try
        {
            _session ??= new SqliteSession(SqliteFile.OpenForWriting(_path));
            _session.Begin();
            foreach (var work in batch)
            {
                work.Execute(_session);
            }

            committing = true;
            _session.Commit();
        }
        catch (Exception exception) when (exception is SqliteException or EventStoreException)
        {
            var known = RollBack();
            var failure = exception as EventStoreException ?? SqliteFile.Explain(_path, (SqliteException)exception);
            if (committing && !known)
            {
                failure = new AppendOutcomeUnknownException(failure.Message, exception);
            }

            batch.ForEach(work => work.Fail(failure));
            return;
        }

        EventStoreMetrics.Transaction(batch.Count, Stopwatch.GetElapsedTime(started));
        batch.ForEach(work => work.Complete());
    }

    /// <returns>Whether it is certain that nothing of the transaction is stored.</returns>
    private bool RollBack()
    {
        try
        {
            _session?.RollBack();
            return true;
        }
        catch (SqliteException)
        {
            // SQLite ends a transaction by itself on some errors, and then there is nothing left to roll back; the file is
            // opened anew, which also recovers what a failed write left behind.
            _session?.Dispose();
            _session = null;
            return false;
        }
    }
}

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
    private const int MaxWaiting = 4096;

    // The callers of a transaction come back with their next work soon after it: a short wait for them, compared with the
    // transaction itself, saves every other one.
    private const int GatherShare = 4;
    private static readonly TimeSpan MaxGather = TimeSpan.FromMilliseconds(1);

    private readonly string _path;
    private readonly SqliteQueue _waiting = new(MaxWaiting);
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
        if (!await _waiting.AddAsync(work, cancellationToken))
        {
            throw SqliteFile.Closed(_path);
        }

        return await work.Task;
    }

    /// <summary>Finishes what is waiting, then closes the file.</summary>
    public void Dispose()
    {
        _waiting.Close();
        _thread.Join();
        _session?.Dispose();
    }

    private void Run()
    {
        var expected = 0;
        var patience = TimeSpan.Zero;
        var written = new List<SqliteWork>();
        while (_waiting.Take(written, expected, patience) is { } batch)
        {
            var started = Stopwatch.GetTimestamp();
            expected = batch.Count;
            Write(batch);
            patience = Stopwatch.GetElapsedTime(started) / GatherShare;
            patience = patience < MaxGather ? patience : MaxGather;
            written = batch;
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

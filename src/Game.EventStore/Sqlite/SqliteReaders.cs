using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Game.EventStore.Sqlite;

/// <summary>
/// Connections for reading, opened as needed up to a limit, each used by one read at a time. A read sees everything that was
/// durable before it began.
/// </summary>
internal sealed class SqliteReaders(string path) : IAsyncDisposable
{
    // More would only wait for the same cores: what is read often is in memory.
    private static readonly int Limit = Math.Max(4, 2 * Environment.ProcessorCount);

    private readonly SemaphoreSlim _free = new(Limit);
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private volatile bool _closed;

    /// <exception cref="EventStoreException">The file cannot be read, or the store is closed.</exception>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            // SQLite's calls block, so they stay off the callers' threads.
            return await Task.Run(() => Read(read), cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for the reads under way.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var i = 0; i < Limit; i++)
        {
            await _free.WaitAsync();
        }

        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        // Those that still wait find the store closed.
        _free.Release(Limit);
    }

    private T Read<T>(Func<SqliteSession, T> read)
    {
        if (_closed)
        {
            throw SqliteFile.Closed(path);
        }

        if (!_idle.TryTake(out var session))
        {
            session = new SqliteSession(SqliteFile.OpenForReading(path));
        }

        try
        {
            var result = read(session);
            _idle.Add(session);
            return result;
        }
        catch (Exception exception)
        {
            // Closing ends whatever the read has left open.
            session.Dispose();
            if (exception is SqliteException)
            {
                throw SqliteFile.Explain(path, exception);
            }

            throw;
        }
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Game.Routing;

/// <summary>
/// Messages that found all their ways closed, on disk, in the order they came. An append is durable when it returns; those that
/// come at the same time share a transaction. Bounded by bytes. Safe for concurrent use.
/// </summary>
internal sealed class RetrySpool : IAsyncDisposable
{
    private const int MaxBatch = 512;

    // Taking out is written to the log first, and a log that cannot be copied into the file for want of room grows until the disk is full:
    // both are kept small, so that little room is enough to empty the spool.
    private const int MaxLogPages = 64;
    private const int MaxBatchBytes = 128 * 1024;
    private const int RemovedAtOnce = 32;

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Channel<Pending> _appends = Channel.CreateBounded<Pending>(4096);
    private readonly Task _appending;
    private readonly long _maxBytes;
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _parked = new(StringComparer.Ordinal);
    private long _bytes;

    private RetrySpool(SqliteConnection connection, long maxBytes, bool isFresh)
    {
        _connection = connection;
        IsFresh = isFresh;
        _maxBytes = maxBytes;
        _appending = AppendAllAsync();
    }

    /// <summary>Whether there was no file before.</summary>
    public bool IsFresh { get; }

    /// <summary>Bytes of all messages it holds.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <exception cref="RouteException">The file cannot be used.</exception>
    public static RetrySpool Open(string file, long maxBytes)
    {
        var isFresh = !File.Exists(file);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute(
                connection,
                $"""
                PRAGMA locking_mode = EXCLUSIVE;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = {MaxLogPages};
                PRAGMA journal_size_limit = {MaxBatchBytes * 4};
                CREATE TABLE IF NOT EXISTS message (
                    number INTEGER PRIMARY KEY AUTOINCREMENT, chain TEXT NOT NULL, until INTEGER NOT NULL, body BLOB NOT NULL);
                CREATE TABLE IF NOT EXISTS parked (chain TEXT PRIMARY KEY);
                CREATE INDEX IF NOT EXISTS message_chain ON message (chain, number);
                """);
            var spool = new RetrySpool(connection, maxBytes, isFresh);
            using var held = connection.CreateCommand();
            held.CommandText = "SELECT chain, count(*), sum(length(body)) FROM message GROUP BY chain";
            using var rows = held.ExecuteReader();
            while (rows.Read())
            {
                spool._counts[rows.GetString(0)] = rows.GetInt64(1);
                spool._bytes += rows.GetInt64(2);
            }

            using var parked = connection.CreateCommand();
            parked.CommandText = "SELECT chain FROM parked";
            using var chains = parked.ExecuteReader();
            while (chains.Read())
            {
                spool._parked[chains.GetString(0)] = true;
            }

            return spool;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new RouteException($"The retry spool {file} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Messages that a chain has here.</summary>
    public long CountOf(string chain)
    {
        lock (_counts)
        {
            return _counts.GetValueOrDefault(chain);
        }
    }

    /// <summary>Whether messages of a chain may be parked at the other broker: remembered over restarts.</summary>
    public bool IsParked(string chain) => _parked.GetValueOrDefault(chain);

    /// <summary>Takes it that messages of a chain may be parked, until that is found not to be so. Before the spool is used.</summary>
    public void MarkParked(string chain)
    {
        using var write = _connection.CreateCommand();
        write.CommandText = "INSERT INTO parked (chain) VALUES ($chain) ON CONFLICT DO NOTHING";
        write.Parameters.AddWithValue("$chain", chain);
        write.ExecuteNonQuery();
        _parked[chain] = true;
    }

    /// <exception cref="RouteException">It could not be written down.</exception>
    public async Task SetParkedAsync(string chain, bool isParked)
    {
        if (IsParked(chain) == isParked)
        {
            return;
        }

        await UseAsync(connection =>
        {
            using var write = connection.CreateCommand();
            write.CommandText = isParked
                ? "INSERT INTO parked (chain) VALUES ($chain) ON CONFLICT DO NOTHING"
                : "DELETE FROM parked WHERE chain = $chain";
            write.Parameters.AddWithValue("$chain", chain);
            write.ExecuteNonQuery();
            _parked[chain] = isParked;
            return true;
        });
    }

    /// <exception cref="RouteException">There is no room, in the spool or on the disk: it is not stored.</exception>
    public async Task AppendAsync(string chain, GameMessage message, DateTimeOffset until)
    {
        var pending = new Pending(chain, until.UtcTicks, message.ToBytes());
        if (Interlocked.Add(ref _bytes, pending.Body.Length) > _maxBytes)
        {
            Interlocked.Add(ref _bytes, -pending.Body.Length);
            throw new RouteException($"The retry spool is full: it holds {_maxBytes} bytes at most.");
        }

        try
        {
            await _appends.Writer.WriteAsync(pending);
            await pending.Stored.Task;
        }
        catch (Exception exception) when (exception is SqliteException or ChannelClosedException)
        {
            Interlocked.Add(ref _bytes, -pending.Body.Length);
            throw new RouteException($"The retry spool cannot store more: {exception.Message}", exception);
        }
    }

    /// <summary>The oldest messages of a chain.</summary>
    /// <exception cref="RouteException">The file cannot be read.</exception>
    public Task<IReadOnlyList<SpooledMessage>> ReadAsync(string chain, int count) => UseAsync(connection =>
    {
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT number, until, body FROM message WHERE chain = $chain ORDER BY number LIMIT $count";
        read.Parameters.AddWithValue("$chain", chain);
        read.Parameters.AddWithValue("$count", count);
        using var rows = read.ExecuteReader();
        var messages = new List<SpooledMessage>();
        while (rows.Read())
        {
            var body = rows.GetFieldValue<byte[]>(2);
            messages.Add(new SpooledMessage(
                rows.GetInt64(0), GameMessage.Parse(body), new DateTimeOffset(rows.GetInt64(1), TimeSpan.Zero), body.Length));
        }

        return (IReadOnlyList<SpooledMessage>)messages;
    });

    /// <exception cref="RouteException">Those not yet removed stay, and come again.</exception>
    public async Task RemoveAsync(string chain, IReadOnlyCollection<SpooledMessage> messages)
    {
        foreach (var some in messages.Chunk(RemovedAtOnce))
        {
            await RemoveSomeAsync(chain, some);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _appends.Writer.TryComplete();
        await _appending;
        await _gate.WaitAsync();
        await _connection.DisposeAsync();
        _gate.Dispose();
    }

    private async Task RemoveSomeAsync(string chain, SpooledMessage[] messages)
    {
        await UseAsync(connection =>
        {
            using var transaction = connection.BeginTransaction();
            using var remove = connection.CreateCommand();
            remove.CommandText = "DELETE FROM message WHERE number = $number";
            var number = remove.Parameters.Add("$number", SqliteType.Integer);
            foreach (var message in messages)
            {
                number.Value = message.Number;
                remove.ExecuteNonQuery();
            }

            transaction.Commit();
            return true;
        });
        Count(chain, -messages.Length);
        Interlocked.Add(ref _bytes, -messages.Sum(message => (long)message.Size));
    }

    private async Task AppendAllAsync()
    {
        while (await _appends.Reader.WaitToReadAsync())
        {
            var batch = new List<Pending>();
            var bytes = 0;
            while (batch.Count < MaxBatch && bytes < MaxBatchBytes && _appends.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
                bytes += pending.Body.Length;
            }

            try
            {
                await UseAsync(connection =>
                {
                    using var transaction = connection.BeginTransaction();
                    using var insert = connection.CreateCommand();
                    insert.CommandText = "INSERT INTO message (chain, until, body) VALUES ($chain, $until, $body)";
                    var (chain, until, body) = (
                        insert.Parameters.Add("$chain", SqliteType.Text),
                        insert.Parameters.Add("$until", SqliteType.Integer),
                        insert.Parameters.Add("$body", SqliteType.Blob));
                    foreach (var pending in batch)
                    {
                        (chain.Value, until.Value, body.Value) = (pending.Chain, pending.Until, pending.Body);
                        insert.ExecuteNonQuery();
                    }

                    transaction.Commit();
                    return true;
                });
                batch.ForEach(pending => Count(pending.Chain, 1));
                batch.ForEach(pending => pending.Stored.TrySetResult());
            }
            catch (RouteException exception)
            {
                batch.ForEach(pending => pending.Stored.TrySetException(exception.InnerException!));
            }
        }
    }

    private void Count(string chain, long change)
    {
        lock (_counts)
        {
            _counts[chain] = _counts.GetValueOrDefault(chain) + change;
        }
    }

    private async Task<T> UseAsync<T>(Func<SqliteConnection, T> use)
    {
        await _gate.WaitAsync();
        try
        {
            return await Task.Run(() => use(_connection));
        }
        catch (SqliteException exception)
        {
            throw new RouteException($"The retry spool does not work: {exception.Message}", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static void Execute(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }

    private sealed record Pending(string Chain, long Until, byte[] Body)
    {
        public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

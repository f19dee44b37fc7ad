using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;

namespace Game.EventStore.Postgres;

/// <summary>
/// The one writer of a silo: puts all appends waiting into one call, which is one transaction (group commit). What makes a
/// shared call fail does so alone: the others are then sent one by one. When the connection breaks during a call, its
/// outcome is unknown; the server process behind it is ended before anybody is told so, so that what is read back
/// afterwards is final.
/// </summary>
internal sealed class PostgresWriter : IAsyncDisposable
{
    private const int MaxWaiting = 4096;
    private const int MaxBatch = 256;

    // The callers of a call come back with their next appends soon after it: a short wait for them saves every other call.
    private const int GatherShare = 4;
    private static readonly TimeSpan MaxGather = TimeSpan.FromMilliseconds(1);

    private readonly NpgsqlDataSource _source;
    private readonly string _connectionString;
    private readonly Channel<PostgresAppend> _waiting = Channel.CreateBounded<PostgresAppend>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Task _loop;
    private NpgsqlConnection? _connection;
    private int _process;
    private int? _lost;

    public PostgresWriter(NpgsqlDataSource source, string connectionString)
    {
        _source = source;
        _connectionString = connectionString;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>
    /// Waits for room, then for the append to be durable. Cancellation counts only until there is room: what is queued is
    /// written.
    /// </summary>
    public async Task<PostgresAppend.Outcome> WriteAsync(PostgresAppend append, CancellationToken cancellationToken)
    {
        try
        {
            await _waiting.Writer.WriteAsync(append, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new EventStoreException($"The event store {PostgresErrors.NameOf(_connectionString)} is closed.");
        }

        return await append.Task;
    }

    /// <summary>Finishes what is waiting, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task RunAsync()
    {
        var later = new List<PostgresAppend>();
        var streams = new HashSet<string>(StringComparer.Ordinal);
        while (later.Count > 0 || await _waiting.Reader.WaitToReadAsync())
        {
            var batch = new List<PostgresAppend>();
            var rest = new List<PostgresAppend>();
            streams.Clear();
            foreach (var append in later)
            {
                (streams.Add(append.Stream) ? batch : rest).Add(append);
            }

            while (batch.Count < MaxBatch && rest.Count < MaxBatch && _waiting.Reader.TryRead(out var append))
            {
                (streams.Add(append.Stream) ? batch : rest).Add(append);
            }

            later = rest;
            var started = Stopwatch.GetTimestamp();
            await WriteAsync(batch);
            var patience = Stopwatch.GetElapsedTime(started) / GatherShare;
            Gather(batch.Count, patience < MaxGather ? patience : MaxGather);
        }
    }

    private void Gather(int expected, TimeSpan patience)
    {
        for (var started = Stopwatch.GetTimestamp(); _waiting.Reader.Count < expected && Stopwatch.GetElapsedTime(started) < patience;)
        {
            Thread.Yield();
        }
    }

    private async Task WriteAsync(List<PostgresAppend> batch)
    {
        try
        {
            await SendAsync(batch);
        }
        catch (NpgsqlException exception) when (PostgresErrors.IsRefusal(exception) && batch.Count > 1)
        {
            foreach (var append in batch)
            {
                await WriteAsync([append]);
            }
        }
        catch (Exception exception)
        {
            batch.ForEach(append => append.Fail(exception is NpgsqlException error ? PostgresErrors.Explain(_connectionString, error) : exception));
        }
    }

    private async Task SendAsync(List<PostgresAppend> batch)
    {
        var connection = await ConnectAsync();
        var started = Stopwatch.GetTimestamp();
        try
        {
            await using var command = PostgresAppend.ToCommand(batch, connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            var (position, heads, duplicates) = (reader.GetInt64(0), reader.GetFieldValue<long[]>(1), reader.GetFieldValue<int?[]>(2));

            // The server commits after it has sent the row. Only now it says whether it could.
            await reader.NextResultAsync();
            Answer(batch, position, heads, duplicates);
            EventStoreMetrics.Transaction(batch.Count, Stopwatch.GetElapsedTime(started));
        }
        catch (NpgsqlException exception) when (!PostgresErrors.IsRefusal(exception))
        {
            _lost = _process;
            _connection = null;
            await connection.DisposeAsync();
            await TryConnectAsync();
            throw new AppendOutcomeUnknownException(
                $"{PostgresErrors.Explain(_connectionString, exception).Message} Whether the last writes are stored is unknown until they are looked up.",
                exception);
        }
    }

    private static void Answer(List<PostgresAppend> batch, long position, long[] heads, int?[] duplicates)
    {
        var commits = batch.SelectMany(append => append.Commits).ToList();
        for (var i = 0; i < batch.Count; i++)
        {
            var append = batch[i];
            if (duplicates[i] is { } known)
            {
                append.Complete(new PostgresAppend.Outcome(default, commits[known - 1].CommandId));
            }
            else if (heads[i] != append.ExpectedVersion)
            {
                append.Complete(new PostgresAppend.Outcome(AppendResult.Conflict(heads[i]), null));
            }
            else
            {
                var events = append.Commits.Sum(commit => commit.Events.Count);
                position += events;
                append.Complete(new PostgresAppend.Outcome(AppendResult.Appended(heads[i] + events, position), null));
            }
        }
    }

    /// <summary>So that what the lost server process did is settled, if the server can be reached at all.</summary>
    private async Task TryConnectAsync()
    {
        try
        {
            await ConnectAsync();
        }
        catch (NpgsqlException)
        {
            // Told to the next caller; a server that is down has ended its processes.
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        if (_connection is { State: System.Data.ConnectionState.Open })
        {
            return _connection;
        }

        if (_connection is { } broken)
        {
            _connection = null;
            await broken.DisposeAsync();
        }

        var connection = await _source.OpenConnectionAsync();
        try
        {
            if (_lost is { } process)
            {
                // Waits until it is gone, for at most 5 s.
                await using var end = new NpgsqlCommand("SELECT pg_terminate_backend($1, 5000)", connection) { Parameters = { new() { Value = process } } };
                await end.ExecuteNonQueryAsync();
                _lost = null;
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        _process = connection.ProcessID;
        return _connection = connection;
    }
}

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Game.Broadcast.InProcess;

/// <summary>
/// Group commit: one thread owns the file and writes whatever has come together in one transaction. Safe for concurrent
/// use; <see cref="Enqueue"/> decides the order.
/// </summary>
internal sealed partial class BusJournal : IDisposable
{
    /// <summary>Rows of the log at which looking for stragglers pays.</summary>
    private const long SweepFrom = 50_000;
    private const int SweepPage = 2_000;
    private const int FloorStep = 128;

    private static readonly TimeSpan Company = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly BusDatabase _database;
    private readonly Func<long> _floor;
    private readonly Func<MessageKey, bool> _isHeld;
    private readonly ILogger _logger;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private List<JournalEntry> _pending = [];
    private bool _urgent;
    private bool _failing;
    private bool _closed;

    // Of the journal's thread alone.
    private readonly List<long> _garbage = [];
    private long _rows;
    private long _sweepAt;
    private long? _sweepCursor;
    private long _deletedUntil;
    private long _appendedUntil;

    /// <param name="database">The file; from here on the journal's.</param>
    /// <param name="floor">The greatest place in the log up to which no queue holds anything.</param>
    /// <param name="isHeld">Whether some queue may still need a message.</param>
    /// <param name="logger">Where a failing file is reported.</param>
    public BusJournal(BusDatabase database, Func<long> floor, Func<MessageKey, bool> isHeld, ILogger logger)
    {
        _database = database;
        _floor = floor;
        _isHeld = isHeld;
        _logger = logger;
        _rows = database.CountMessages();
        _appendedUntil = database.ReadHead();
        _sweepAt = Math.Max(SweepFrom, 2 * _rows);
        _thread = new Thread(Run) { IsBackground = true, Name = "bus-journal" };
    }

    public void Start() => _thread.Start();

    /// <summary>Everything up to here has been written, or has failed. Only inside a <see cref="ReadEntry{T}"/>.</summary>
    public long AppendedUntil => _appendedUntil;

    /// <exception cref="ObjectDisposedException">The journal is closed.</exception>
    public void Enqueue(JournalEntry entry)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(InProcessBus));
            _pending.Add(entry);
            if (entry.IsUrgent ? !_urgent : _pending.Count == 1)
            {
                _urgent |= entry.IsUrgent;
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Writes what is pending and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _database.Dispose();
    }

    private void Run()
    {
        while (WaitForWork())
        {
            // Before taking: what a queue no longer holds by now has its settlement among the pending.
            var floor = _floor();
            List<JournalEntry> batch;
            lock (_gate)
            {
                (batch, _pending) = (_pending, []);
                _urgent = false;
            }

            Write(batch, floor);
        }
    }

    private bool WaitForWork()
    {
        lock (_gate)
        {
            while (_pending.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            if (!_urgent && !_closed)
            {
                Monitor.Wait(_gate, _failing ? AfterFailure : Company);
            }

            return _pending.Count > 0;
        }
    }

    private void Write(List<JournalEntry> batch, long floor)
    {
        try
        {
            Commit(batch, floor);
            _failing = false;
        }
        catch (Exception exception) when (exception is SqliteException or InvalidOperationException)
        {
            Fail(batch, new BroadcastException($"The bus file could not be written: {exception.Message}", exception));
            return;
        }

        foreach (var entry in batch)
        {
            entry.Committed(_database);
        }

        Sweep();
    }

    private void Commit(List<JournalEntry> batch, long floor)
    {
        var watermarks = new Dictionary<MessageQueue, long>();
        var appended = 0;
        _database.Begin();
        foreach (var entry in batch)
        {
            if (entry is SettlementEntry { IsPlain: true } plain)
            {
                watermarks[plain.Queue] = plain.Watermark;
                continue;
            }

            entry.Apply(_database);
            if (entry is AppendEntry append)
            {
                appended++;
                _appendedUntil = append.Sequence;
            }
        }

        foreach (var (queue, watermark) in watermarks)
        {
            _database.MoveWatermark(queue.Id, watermark);
        }

        var deleted = 0;
        var sweep = floor - _deletedUntil >= FloorStep;
        if (sweep)
        {
            deleted = _database.DeleteMessagesUpTo(floor);
        }

        foreach (var sequence in _garbage)
        {
            deleted += _database.DeleteMessage(sequence);
        }

        _database.Commit();
        _rows += appended - deleted;
        _deletedUntil = sweep ? floor : _deletedUntil;
        _garbage.Clear();
    }

    private void Fail(List<JournalEntry> batch, BroadcastException failure)
    {
        if (!_failing)
        {
            LogFailing(_logger, failure);
        }

        _failing = true;
        try
        {
            _database.Rollback();
        }
        catch (SqliteException exception)
        {
            // SQLite has rolled back already, as it does on a full disk or an I/O error.
            LogRolledBack(_logger, exception.Message);
        }

        foreach (var append in batch.OfType<AppendEntry>())
        {
            _appendedUntil = append.Sequence;
        }

        var again = batch.Where(entry => entry.Failed(failure)).ToList();
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            again.AddRange(_pending);
            _pending = Coalesce(again);
        }
    }

    /// <summary>While the file cannot be written, what waits for it must not grow with every batch.</summary>
    private static List<JournalEntry> Coalesce(List<JournalEntry> entries)
    {
        var newest = new Dictionary<MessageQueue, JournalEntry>();
        foreach (var plain in entries.OfType<SettlementEntry>().Where(entry => entry.IsPlain))
        {
            newest[plain.Queue] = plain;
        }

        return [.. entries.Where(entry => entry is not SettlementEntry { IsPlain: true } plain || newest[plain.Queue] == entry)];
    }

    /// <summary>
    /// One queue that is not consumed keeps the floor down for all; from time to time the messages that it does not hold
    /// either are picked out, a page after each transaction.
    /// </summary>
    private void Sweep()
    {
        if (_sweepCursor is null && _rows < _sweepAt)
        {
            return;
        }

        var cursor = _sweepCursor ?? 0;
        try
        {
            var rows = _database.ReadKeys(
                cursor,
                SweepPage,
                key =>
                {
                    cursor = key.Sequence;
                    if (!_isHeld(key))
                    {
                        _garbage.Add(key.Sequence);
                    }
                });
            _sweepCursor = rows == SweepPage ? cursor : null;
            if (_sweepCursor is null)
            {
                _sweepAt = Math.Max(SweepFrom, 2 * _rows);
            }
        }
        catch (SqliteException exception)
        {
            LogFailing(_logger, new BroadcastException("The bus file could not be read.", exception));
            _garbage.Clear();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The bus file fails; publishes are not confirmed until it works again.")]
    private static partial void LogFailing(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Nothing to roll back: {Reason}")]
    private static partial void LogRolledBack(ILogger logger, string reason);
}

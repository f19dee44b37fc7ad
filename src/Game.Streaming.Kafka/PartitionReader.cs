using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Game.Streaming.Kafka;

/// <summary>
/// Reads one partition in order, on a thread of its own, a bounded number of batches ahead of its consumer. What the consumer has
/// <see cref="Complete(ConsumedRecord)">completed</see> without a gap is committed every interval and when the reader is closed,
/// and never anything else. Nothing fences two readers of one partition: both read everything, and the group goes on from what
/// either committed last. <see cref="ReadAsync"/> is for one consumer at a time; the rest is safe for concurrent use.
/// </summary>
public sealed class PartitionReader : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly KafkaOptions _kafka;
    private readonly PartitionReaderOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<PartitionReader> _logger;
    private readonly TopicPartition _place;
    private readonly OffsetWatermark _watermark = new();
    private readonly ReaderProgress _progress;
    private readonly Channel<IReadOnlyList<ConsumedRecord>> _batches =
        Channel.CreateUnbounded<IReadOnlyList<ConsumedRecord>>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    // Counts the room for batches: the thread waits for it, the consumer gives it back.
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _closing = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _commitsWanted = [];
    private long _lastCommit;
    private long _lastQuery;
    private string? _trouble;

    private PartitionReader(KafkaOptions kafka, PartitionReaderOptions options, TimeProvider clock, ILogger<PartitionReader> logger)
    {
        _kafka = kafka;
        _options = options;
        _clock = clock;
        _logger = logger;
        _progress = new ReaderProgress(_watermark);
        _place = new TopicPartition(options.Topic, options.Partition);
        _room = new SemaphoreSlim(options.BufferedBatches);
        _thread = new Thread(Run) { IsBackground = true, Name = $"kafka {options.Topic}/{options.Partition}" };
    }

    public string Topic => _options.Topic;

    public int Partition => _options.Partition;

    public string? Group => _options.Group;

    public ReaderStatus Status => _progress.Status;

    /// <summary>Records handed over or read ahead and not yet completed, or waiting behind one that is not.</summary>
    public int InFlight => _watermark.InFlight;

    /// <summary>Starts reading. Brokers or a topic that are away are waited for, however long.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    public static PartitionReader Start(
        KafkaOptions kafka, PartitionReaderOptions options, TimeProvider clock, ILogger<PartitionReader> logger)
    {
        options.Validate();
        var reader = new PartitionReader(kafka, options, clock, logger);
        KafkaMetrics.Add(reader);
        reader._thread.Start();
        return reader;
    }

    /// <summary>The next batch, at least one record. Waits for it.</summary>
    /// <exception cref="ChannelClosedException">The reader is closed.</exception>
    public async ValueTask<IReadOnlyList<ConsumedRecord>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var batch = await _batches.Reader.ReadAsync(cancellationToken);
        _room.Release();
        return batch;
    }

    /// <summary>The next batch if it is there.</summary>
    public bool TryRead(out IReadOnlyList<ConsumedRecord> batch)
    {
        if (_batches.Reader.TryRead(out batch!))
        {
            _room.Release();
            return true;
        }

        batch = [];
        return false;
    }

    /// <summary>
    /// Says that the record need not come again: its effect is durable, or it is a dead letter, durably. Records may be completed
    /// in any order; one that never is holds up the commit for good.
    /// </summary>
    public void Complete(ConsumedRecord record) => _watermark.Complete(record.Ticket);

    /// <inheritdoc cref="Complete(ConsumedRecord)"/>
    public void Complete(IEnumerable<ConsumedRecord> records)
    {
        foreach (var record in records)
        {
            _watermark.Complete(record.Ticket);
        }
    }

    /// <summary>Commits now what is completed without a gap; returns when the broker has it.</summary>
    /// <exception cref="InvalidOperationException">The reader has no group, or is closed.</exception>
    public Task CommitAsync(CancellationToken cancellationToken = default)
    {
        if (_options.Group is null)
        {
            throw new InvalidOperationException($"{_place}: a reader without a group commits nothing.");
        }

        var wanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_ended.Task.IsCompleted)
            {
                throw new InvalidOperationException($"{_place}: the reader is closed.");
            }

            _commitsWanted.Add(wanted);
        }

        return wanted.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Stops reading, and commits what is completed without a gap.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        await _closing.CancelAsync();
        try
        {
            await _ended.Task.WaitAsync(_options.CloseTimeout, _clock);
        }
        catch (TimeoutException)
        {
            ReaderLog.NotClosed(_logger, Topic, Partition, _options.CloseTimeout);
        }

        KafkaMetrics.Remove(this);
    }

    private void Run()
    {
        try
        {
            while (!_closing.IsCancellationRequested)
            {
                try
                {
                    ReadUntilTrouble();
                }
                catch (KafkaException exception)
                {
                    OnTrouble("read", exception.Error);
                    _closing.Token.WaitHandle.WaitOne(_options.RetryDelay);
                }
            }
        }
        catch (Exception defect)
        {
            ReaderLog.Defect(_logger, defect, Topic, Partition);
            _batches.Writer.TryComplete(defect);
        }
        finally
        {
            _batches.Writer.TryComplete();
            End();
        }
    }

    private void ReadUntilTrouble()
    {
        using var consumer = ReaderConsumer.Create(_kafka, _options, error => OnTrouble("connection", error));
        try
        {
            consumer.Assign(new TopicPartitionOffset(_place, FindStart(consumer)));
            while (!_closing.IsCancellationRequested)
            {
                var hasRoom = _room.Wait(Tick);
                if (hasRoom)
                {
                    var batch = TakeBatch(consumer);
                    if (batch.Count == 0)
                    {
                        _room.Release();
                    }
                    else
                    {
                        _batches.Writer.TryWrite(batch);
                    }
                }

                Commit(consumer, onlyIfDue: true);
                LookForEnd(consumer, isFetching: hasRoom);
            }
        }
        finally
        {
            // On shutdown, and after trouble: what is handled need not come again.
            Commit(consumer, onlyIfDue: false);
            consumer.Close();
        }
    }

    private Offset FindStart(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (_progress.Next is { } next)
        {
            return next;
        }

        var start = _options.StartAt is { } given ? new Offset(given) : Offset.Beginning;
        var committed = _options.Group is null ? Offset.Unset : consumer.Committed([_place], _kafka.RequestTimeout).Single().Offset;
        if (committed != Offset.Unset)
        {
            start = committed;
            _progress.Commit(committed.Value);
        }

        if (!start.IsSpecial)
        {
            _progress.StartAt(start.Value);
        }

        return start;
    }

    private List<ConsumedRecord> TakeBatch(IConsumer<byte[]?, byte[]?> consumer)
    {
        var batch = new List<ConsumedRecord>();
        var bytes = 0L;
        for (var patience = Tick; batch.Count < _options.BatchRecords && bytes < _options.BatchBytes; patience = TimeSpan.Zero)
        {
            ConsumeResult<byte[]?, byte[]?>? result;
            try
            {
                result = consumer.Consume(patience);
            }
            catch (ConsumeException) when (batch.Count > 0)
            {
                // What was read before stays read: the position is kept over the new beginning.
                return batch;
            }

            if (result is null)
            {
                break;
            }

            var record = Take(result);
            bytes += record.Value.Length;
            batch.Add(record);
        }

        if (batch.Count > 0)
        {
            KafkaMetrics.OnRead(Topic, batch.Count);
            if (_trouble is not null)
            {
                _trouble = null;
                ReaderLog.Reading(_logger, Topic, Partition, batch[0].Offset);
            }
        }

        return batch;
    }

    private ConsumedRecord Take(ConsumeResult<byte[]?, byte[]?> result)
    {
        var offset = result.Offset.Value;
        var (missing, before) = _progress.Take(offset);
        if (before is { } lost)
        {
            ReaderLog.Restarted(_logger, Topic, Partition, offset, lost);
        }

        if (missing > 0)
        {
            KafkaMetrics.OnMissing(Topic, missing);
            ReaderLog.Missing(_logger, Topic, Partition, missing, offset);
        }

        return new ConsumedRecord
        {
            Topic = Topic,
            Partition = Partition,
            Offset = offset,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(result.Message.Timestamp.UnixTimestampMs),
            Key = result.Message.Key is { } key ? key : null,
            Value = result.Message.Value ?? [],
            Headers = ReaderConsumer.HeadersOf(result.Message.Headers),
            Ticket = _watermark.Add(offset),
        };
    }

    private void Commit(IConsumer<byte[]?, byte[]?> consumer, bool onlyIfDue)
    {
        TaskCompletionSource[] wanted;
        long? position;
        lock (_lock)
        {
            wanted = [.. _commitsWanted];
            _commitsWanted.Clear();
            position = _watermark.Position;
        }

        var isDue = !onlyIfDue || wanted.Length > 0 || _clock.GetElapsedTime(_lastCommit) >= _options.CommitInterval;
        if (!isDue || _options.Group is null)
        {
            return;
        }

        _lastCommit = _clock.GetTimestamp();
        try
        {
            if (position is { } offset && offset != _progress.Committed)
            {
                consumer.Commit([new TopicPartitionOffset(_place, offset)]);
                _progress.Commit(offset);
            }

            Array.ForEach(wanted, waiting => waiting.TrySetResult());
        }
        catch (KafkaException exception)
        {
            // Not lost: tried again when it is due, and until then a restart would only repeat records.
            KafkaMetrics.OnFailure(Topic, "commit");
            ReaderLog.NotCommitted(_logger, Topic, Partition, exception.Error.Code.ToString(), exception.Error.Reason);
            lock (_lock)
            {
                _commitsWanted.AddRange(wanted);
            }
        }
    }

    /// <summary>
    /// Keeps the end of the partition, which the lag is measured by, up to date. Every fetch tells it; it is asked for only while
    /// the consumer keeps the reader waiting, because the broker would answer that behind a fetch that waits for records.
    /// </summary>
    private void LookForEnd(IConsumer<byte[]?, byte[]?> consumer, bool isFetching)
    {
        var mustAsk = !isFetching && _clock.GetElapsedTime(_lastQuery) >= _options.CommitInterval;
        try
        {
            var end = mustAsk ? consumer.QueryWatermarkOffsets(_place, _kafka.RequestTimeout) : consumer.GetWatermarkOffsets(_place);
            if (!end.High.IsSpecial)
            {
                _progress.EndAt(end.High.Value);
            }
        }
        catch (KafkaException exception)
        {
            OnTrouble("lag", exception.Error);
        }

        if (mustAsk)
        {
            _lastQuery = _clock.GetTimestamp();
        }
    }

    /// <summary>Logs what goes wrong once, until it goes well or something else goes wrong.</summary>
    private void OnTrouble(string operation, Error error)
    {
        KafkaMetrics.OnFailure(Topic, operation);
        var trouble = $"{operation}: {error.Code}";
        if (_trouble != trouble)
        {
            _trouble = trouble;
            ReaderLog.Trouble(_logger, Topic, Partition, trouble, error.Reason);
        }
    }

    private void End()
    {
        TaskCompletionSource[] wanted;
        lock (_lock)
        {
            _ended.TrySetResult();
            wanted = [.. _commitsWanted];
            _commitsWanted.Clear();
        }

        Array.ForEach(wanted, waiting => waiting.TrySetException(
            new InvalidOperationException($"{_place}: the reader was closed before it could commit.")));
    }
}

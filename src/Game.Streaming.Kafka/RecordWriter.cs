using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Game.Streaming.Kafka;

/// <summary>
/// Writes records: idempotent, confirmed by all replicas in sync, in batches, in the order of the calls for each key. Its queue
/// is bounded: a call waits for room. Every record it took is accounted for by the broker's answer. Safe for concurrent use; one
/// for a process is enough.
/// </summary>
public sealed partial class RecordWriter : IAsyncDisposable
{
    private readonly KafkaOptions _kafka;
    private readonly RecordWriterOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<RecordWriter> _logger;
    private readonly Lock _lock = new();
    private readonly Queue<PendingWrite> _waiting = [];
    private readonly LinkedList<PendingWrite> _queued = [];
    private readonly List<Task> _retiring = [];

    // What the broker answered and is not yet accounted for. Whoever has the lock does that before or after he leaves it: the thread of
    // the answers never waits for the threads of the writers, nor they for it.
    private readonly ConcurrentQueue<(PendingWrite Write, DeliveryReport<byte[]?, byte[]> Report)> _answers = new();
    private IProducer<byte[]?, byte[]> _producer;
    private long _queuedBytes;
    private long _accepted;
    private long _confirmed;
    private long _failed;
    private long _unknown;
    private long _refused;
    private bool _isClosed;

    private RecordWriter(KafkaOptions kafka, RecordWriterOptions options, TimeProvider clock, ILogger<RecordWriter> logger)
    {
        _kafka = kafka;
        _options = options;
        _clock = clock;
        _logger = logger;
        _producer = RecordProducer.Create(_kafka, _options, OnError);
        KafkaMetrics.Add(this);
    }

    public WriterCounters Counters
    {
        get
        {
            WriterCounters counters;
            lock (_lock)
            {
                SettleAnswers();
                counters = new WriterCounters(_accepted, _confirmed, _failed, _unknown, _queued.Count, _queuedBytes, _refused);
            }

            SettleAnswersUnlessBusy();
            return counters;
        }
    }

    /// <summary>Opens a writer. It connects by itself, now and whenever it must: brokers that are away only make records wait.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    public static RecordWriter Open(
        KafkaOptions kafka, RecordWriterOptions options, TimeProvider clock, ILogger<RecordWriter> logger)
    {
        options.Validate();
        return new RecordWriter(kafka, options, clock, logger);
    }

    /// <summary>
    /// Writes one record; completes when it is confirmed. While the queue is full the record waits for its turn, behind those
    /// of earlier calls. Cancelling ends that wait; a record that is in the queue is written all the same.
    /// </summary>
    /// <exception cref="RecordWriteException">It was not confirmed; says whether it may be stored all the same.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was room: it is not stored.</exception>
    public Task<RecordPosition> WriteAsync(StreamRecord record, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<RecordPosition>(cancellationToken);
        }

        var write = new PendingWrite(record, _clock.GetTimestamp());
        bool mustWait;
        lock (_lock)
        {
            mustWait = Take(write);
        }

        SettleAnswersUnlessBusy();
        if (mustWait)
        {
            write.CancelWith(cancellationToken);
        }

        return write.Task;
    }

    /// <summary>
    /// Writes one record if there is room, without waiting for anything: for what may be lost rather than slow its producer, such
    /// as logs. What becomes of it is counted only.
    /// </summary>
    /// <returns>False if the record was not taken.</returns>
    public bool TryWrite(StreamRecord record)
    {
        var write = new PendingWrite(record, _clock.GetTimestamp());
        lock (_lock)
        {
            if (_isClosed || _waiting.Count > 0 || !HasRoomFor(write))
            {
                Refuse(write, _isClosed ? "closed" : "full", "Nobody waits for this.");
            }
            else
            {
                Enqueue(write);
            }
        }

        SettleAnswersUnlessBusy();

        // Nobody else looks at the failure.
        return write.Task.Exception is null;
    }

    /// <summary>Waits until everything written so far is confirmed or has failed.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        Task[] pending;
        lock (_lock)
        {
            pending = [.. _queued.Concat(_waiting).Select(write => write.Task)];
        }

        SettleAnswersUnlessBusy();

        await ((Task)Task.WhenAll(pending)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Takes no more records, waits for the confirms of the others, and tells what is not confirmed by then.</summary>
    public async ValueTask DisposeAsync()
    {
        PendingWrite[] waiting;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        SettleAnswersUnlessBusy();

        foreach (var write in waiting)
        {
            Refuse(write, "closed", "The writer was closed before there was room.");
        }

        using var patience = new CancellationTokenSource(_options.CloseTimeout, _clock);
        await FlushAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Retire(_producer);
        await Task.WhenAll(_retiring);
        KafkaMetrics.Remove(this);
        var counters = Counters;
        if (counters.Unknown > 0 || counters.Failed > 0)
        {
            LogClosed(_logger, counters.Confirmed, counters.Failed, counters.Unknown);
        }
    }

    /// <returns>Whether the record waits for room. Under the lock.</returns>
    private bool Take(PendingWrite write)
    {
        if (_isClosed)
        {
            Refuse(write, "closed", "The writer is closed.");
        }
        else if (_waiting.Count == 0 && HasRoomFor(write))
        {
            Enqueue(write);
        }
        else if (_waiting.Count >= _options.MaxWaitingCalls)
        {
            Refuse(write, "full", $"The queue is full and {_options.MaxWaitingCalls} calls wait for room already.");
        }
        else
        {
            _waiting.Enqueue(write);
            return true;
        }

        return false;
    }

    private bool HasRoomFor(PendingWrite write) => _queued.Count < _options.MaxQueuedRecords
        && (_queued.Count == 0 || _queuedBytes + write.Size <= _options.MaxQueuedBytes);

    /// <summary>Hands the record to the producer. Under the lock, which is what keeps the order of the calls.</summary>
    private void Enqueue(PendingWrite write)
    {
        _accepted++;
        _queued.AddLast(write.Node);
        _queuedBytes += write.Size;
        try
        {
            Produce(write);
        }
        catch (KafkaException exception) when (exception.Error.IsFatal)
        {
            ReplaceProducer(_producer, exception.Error);
            try
            {
                Produce(write);
            }
            catch (KafkaException again)
            {
                Settle(write, again.Error, PersistenceStatus.NotPersisted, default);
            }
        }
        catch (KafkaException exception)
        {
            Settle(write, exception.Error, PersistenceStatus.NotPersisted, default);
        }
    }

    private void Produce(PendingWrite write)
    {
        write.Producer = _producer;
        _producer.Produce(
            new TopicPartition(write.Record.Topic, write.Record.Partition ?? Confluent.Kafka.Partition.Any),
            write.ToMessage(),
            report => OnReport(write, report));
    }

    /// <summary>On the producer's own thread.</summary>
    private void OnReport(PendingWrite write, DeliveryReport<byte[]?, byte[]> report)
    {
        _answers.Enqueue((write, report));
        SettleAnswersUnlessBusy();
    }

    /// <summary>Not under the lock: who has it does this when he leaves it, and so finds what was too late for him.</summary>
    private void SettleAnswersUnlessBusy()
    {
        // From within the lock it would let records overtake the one that is just being handed over.
        while (!_answers.IsEmpty && !_lock.IsHeldByCurrentThread && _lock.TryEnter())
        {
            try
            {
                SettleAnswers();
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    /// <summary>Accounts for the broker's answers and lets in who waits for room. Under the lock.</summary>
    private void SettleAnswers()
    {
        while (_answers.TryDequeue(out var answer))
        {
            Settle(answer.Write, answer.Report.Error, answer.Report.Status, answer.Report.TopicPartitionOffset);
        }

        while (_waiting.TryPeek(out var next) && (next.Task.IsCompleted || HasRoomFor(next)))
        {
            _waiting.Dequeue();
            if (next.TryStart())
            {
                Enqueue(next);
            }
        }
    }

    /// <summary>Accounts for a record that leaves the queue; again for the same one, nothing.</summary>
    private void Settle(PendingWrite write, Error error, PersistenceStatus status, TopicPartitionOffset? place)
    {
        if (write.Node.List is null)
        {
            return;
        }

        _queued.Remove(write.Node);
        _queuedBytes -= write.Size;
        var seconds = _clock.GetElapsedTime(write.Started).TotalSeconds;
        if (!error.IsError)
        {
            _confirmed++;
            KafkaMetrics.OnWritten(write.Record.Topic, "confirmed", seconds);
            write.Confirm(new RecordPosition(place!.Topic, place.Partition, place.Offset));
            return;
        }

        var mayBeStored = status != PersistenceStatus.NotPersisted;
        _ = mayBeStored ? _unknown++ : _failed++;
        KafkaMetrics.OnWritten(write.Record.Topic, mayBeStored ? "unknown" : "failed", seconds);
        write.Fail(new RecordWriteException($"{write.Record.Topic}: {error.Reason} ({error.Code})", mayBeStored)
        {
            IsTooLarge = error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.RecordListTooLarge,
        });
    }

    private void Refuse(PendingWrite write, string reason, string message)
    {
        Interlocked.Increment(ref _refused);
        KafkaMetrics.OnRefused(write.Record.Topic, reason);
        write.Fail(new RecordWriteException($"{write.Record.Topic}: {message}", mayBeStored: false));
    }

    /// <summary>An idempotent producer that lost count with the broker never sends again; the next one does.</summary>
    private void ReplaceProducer(IProducer<byte[]?, byte[]> broken, Error error)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_producer, broken) && !_isClosed)
            {
                LogFatal(_logger, error.Code.ToString(), error.Reason);
                _producer = RecordProducer.Create(_kafka, _options, OnError);
                Retire(broken);
            }
        }

        SettleAnswersUnlessBusy();
    }

    /// <summary>Closes a producer; records that it never answered for are unknown.</summary>
    private void Retire(IProducer<byte[]?, byte[]> producer)
    {
        var retiring = Task.Run(() =>
        {
            // Delivers the reports that are there already.
            producer.Flush(TimeSpan.FromMilliseconds(100));
            producer.Dispose();
            lock (_lock)
            {
                SettleAnswers();
                foreach (var write in _queued.Where(write => ReferenceEquals(write.Producer, producer)).ToList())
                {
                    var closed = new Error(ErrorCode.Local_PurgeInflight, "The producer was closed first.");
                    Settle(write, closed, PersistenceStatus.PossiblyPersisted, null);
                }
            }

            SettleAnswersUnlessBusy();
        });
        lock (_lock)
        {
            _retiring.Add(retiring);
        }

        SettleAnswersUnlessBusy();
    }

    private void OnError(IProducer<byte[]?, byte[]> producer, Error error)
    {
        if (error.IsFatal)
        {
            // Not on this thread, which is the producer's own and must go on to deliver its reports.
            _ = Task.Run(() => ReplaceProducer(producer, error));
        }
        else
        {
            LogTrouble(_logger, error.Code.ToString(), error.Reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Kafka, writing: {Code}: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string code, string reason);

    [LoggerMessage(LogLevel.Error, "Kafka, writing: the producer is replaced after {Code}: {Reason}")]
    private static partial void LogFatal(ILogger logger, string code, string reason);

    [LoggerMessage(LogLevel.Warning, "Kafka, writing: closed; {Confirmed} records confirmed, {Failed} failed, {Unknown} unknown.")]
    private static partial void LogClosed(ILogger logger, long confirmed, long failed, long unknown);
}

namespace Game.Broadcast.InProcess;

/// <summary>What decides which queues a message of the log belongs to. With a target it belongs to that queue alone.</summary>
internal readonly record struct MessageKey(long Sequence, int? Target, string Exchange, string RoutingKey);

/// <summary>
/// A queue in memory: what is to be redelivered, then a bounded window of what waits; anything later is in the file. Safe
/// for concurrent use; one batch at a time is under way.
/// </summary>
internal sealed class MessageQueue(int id, QueueDeclaration declaration, long watermark)
{
    private readonly Lock _gate = new();
    private readonly Queue<QueueEntry> _ready = new();
    private readonly List<QueueEntry> _returned = [];
    private readonly Dictionary<long, int> _recordedFailures = [];
    private InProcessDelivery[] _underWay = [];
    private Binding[] _bindings = [];
    private int _prefetch = declaration.Prefetch;
    private long _watermark = watermark;
    private int _readyBytes;
    private int _deadLetters;
    private bool _spilling;
    private long _spilled;
    private long _lastSpilled;
    private long _loadedUntil;
    private TaskCompletionSource? _waiting;

    public int Id => id;

    public string Name => declaration.Name;

    public int DeliveryLimit => declaration.DeliveryLimit;

    /// <summary>Held by the one active consumer.</summary>
    public SemaphoreSlim ActiveConsumer { get; } = new(1, 1);

    public int Prefetch
    {
        get => Volatile.Read(ref _prefetch);
        set => Volatile.Write(ref _prefetch, value);
    }

    /// <summary>Everything routed here up to this place in the log is settled, but for recorded redeliveries.</summary>
    public long Watermark
    {
        get
        {
            lock (_gate)
            {
                return _watermark;
            }
        }
    }

    public QueueDepth Depth
    {
        get
        {
            lock (_gate)
            {
                var unsettled = _underWay.Count(delivery => delivery.Outcome == DeliveryOutcome.None);
                return new QueueDepth(_ready.Count + _returned.Count + _spilled, unsettled, _deadLetters);
            }
        }
    }

    public IReadOnlyList<(QueueBinding Binding, long Since)> Bindings =>
        [.. Volatile.Read(ref _bindings).Select(bound => (new QueueBinding(bound.Exchange, bound.Pattern), bound.Since))];

    /// <summary>Adds the bindings that are new; they hold for what comes after <paramref name="since"/>.</summary>
    public void Bind(IEnumerable<QueueBinding> bindings, long since) =>
        Volatile.Write(ref _bindings, [.. _bindings, .. bindings.Except(_bindings.Select(bound => new QueueBinding(bound.Exchange, bound.Pattern)))
            .Select(binding => new Binding(binding.Exchange, binding.Pattern, new TopicPattern(binding.Pattern), since))]);

    /// <summary>What comes after <paramref name="until"/> is not for this queue. Not kept in the file: a queue that is retired goes soon.</summary>
    public void Unbind(long until) =>
        Volatile.Write(ref _bindings, [.. _bindings.Select(binding => binding with { Until = Math.Min(binding.Until, until) })]);

    public bool IsRouted(MessageKey key)
    {
        if (key.Target is { } target)
        {
            return target == id;
        }

        foreach (var binding in Volatile.Read(ref _bindings))
        {
            if (key.Sequence > binding.Since && key.Sequence <= binding.Until && binding.Exchange == key.Exchange && binding.Topic.IsMatch(key.RoutingKey))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes up what the file says about this queue. Before use.</summary>
    public void Restore(
        IEnumerable<(QueueBinding Binding, long Since)> bindings,
        IEnumerable<(Redelivery Redelivery, HeldMessage? Held)> redeliveries,
        int deadLetters)
    {
        foreach (var (binding, since) in bindings)
        {
            Bind([binding], since);
        }

        foreach (var (redelivery, held) in redeliveries)
        {
            if (held is null)
            {
                _recordedFailures.Add(redelivery.Sequence, redelivery.Failures);
            }
            else
            {
                _returned.Add(new QueueEntry(held, redelivery.Failures, Recorded: true));
            }
        }

        _deadLetters = deadLetters;
        _loadedUntil = _watermark;
    }

    /// <summary>Counts a message that is in the file only. Before use, in the log's order.</summary>
    public void RestoreSpilled(MessageKey key)
    {
        if (key.Sequence > _watermark && IsRouted(key))
        {
            _spilling = true;
            _spilled++;
            _lastSpilled = key.Sequence;
        }
    }

    /// <summary>Adds a message at the end. Called in the log's order.</summary>
    public void Add(HeldMessage held, InProcessBusOptions options)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (!_spilling && (_ready.Count >= options.WindowMessages || _readyBytes >= options.WindowBytes))
            {
                _spilling = true;
                _loadedUntil = held.Sequence - 1;
            }

            if (_spilling)
            {
                _spilled++;
                _lastSpilled = held.Sequence;
            }
            else
            {
                AddReady(new QueueEntry(held, 0, Recorded: false));
            }

            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.SetResult();
    }

    /// <summary>
    /// The next batch, or null if memory holds none. What was returned comes before anything later; what has failed
    /// before comes alone, so that a poisonous message takes no other with it.
    /// </summary>
    public InProcessDelivery[]? TryTake(DateTimeOffset now)
    {
        lock (_gate)
        {
            var batch = new List<InProcessDelivery>();
            if (_returned.Count > 0)
            {
                var count = _returned[0].Failures > 0 ? 1 : _returned.TakeWhile(entry => entry.Failures == 0).Take(Prefetch).Count();
                batch.AddRange(_returned.Take(count).Select(entry => new InProcessDelivery(entry)));
                _returned.RemoveRange(0, count);
            }
            else
            {
                while (batch.Count < Prefetch
                    && _ready.TryPeek(out var entry)
                    && (batch.Count == 0 || (entry.Failures == 0 && batch[0].Entry.Failures == 0)))
                {
                    _ready.Dequeue();
                    _readyBytes -= entry.Held.Message.Body.Length;
                    batch.Add(new InProcessDelivery(entry));
                }
            }

            foreach (var delivery in batch.Where(delivery => delivery.Entry.Held.ExpiresAt <= now))
            {
                delivery.TrySettle(DeliveryOutcome.Expired, "");
            }

            _underWay = [.. batch];
            return batch.Count == 0 ? null : _underWay;
        }
    }

    /// <summary>
    /// Ends the batch under way: records what it changes through <paramref name="record"/>, then puts back what comes again.
    /// </summary>
    /// <returns>How many come again.</returns>
    public int Complete(DateTimeOffset now, Action<Settlement> record)
    {
        lock (_gate)
        {
            var returned = new List<QueueEntry>();
            var letters = new List<DeadLetter>();
            var removed = new List<long>();
            foreach (var delivery in _underWay)
            {
                var entry = delivery.Entry;
                var failures = entry.Failures + (delivery.Outcome == DeliveryOutcome.Retried ? 1 : 0);
                if (delivery.Outcome == DeliveryOutcome.Postponed || (delivery.Outcome == DeliveryOutcome.Retried && failures < DeliveryLimit))
                {
                    returned.Add(entry with { Failures = failures });
                    continue;
                }

                if (delivery.Outcome is DeliveryOutcome.Rejected or DeliveryOutcome.Retried)
                {
                    letters.Add(new DeadLetter(0, entry.Held.Message, delivery.Reason, now, delivery.Attempt));
                }

                if (entry.Recorded)
                {
                    removed.Add(entry.Sequence);
                }

                _watermark = Math.Max(_watermark, entry.Sequence);
            }

            var recorded = RecordReturned(returned);

            // Recorded first: whoever sees the message gone from memory must find the record under way to the file.
            record(new Settlement(this, _watermark, recorded, removed, letters));
            _returned.InsertRange(0, returned);
            _deadLetters += letters.Count;
            _underWay = [];
            return returned.Count;
        }
    }

    /// <summary>Whether memory is used up and the file holds more.</summary>
    public bool NeedsPage(out long after)
    {
        lock (_gate)
        {
            after = _loadedUntil;
            return _spilling && _ready.Count == 0 && _returned.Count == 0;
        }
    }

    /// <summary>Adds a page read from the file. <paramref name="toEnd"/>: the log holds nothing more up to <paramref name="until"/>.</summary>
    public void AddPage(IReadOnlyList<HeldMessage> page, long until, bool toEnd)
    {
        lock (_gate)
        {
            foreach (var held in page)
            {
                AddReady(
                    _recordedFailures.Remove(held.Sequence, out var failures)
                        ? new QueueEntry(held, failures, Recorded: true)
                        : new QueueEntry(held, 0, Recorded: false));
            }

            _loadedUntil = until;
            _spilled = Math.Max(0, _spilled - page.Count);
            if (toEnd && until >= _lastSpilled)
            {
                // What a failed commit kept out of the file was never confirmed and is forgotten here.
                _spilling = false;
                _spilled = 0;
            }
        }
    }

    /// <summary>Completes when something may have become available; at once if something has.</summary>
    public Task WaitAsync(CancellationToken stopping)
    {
        lock (_gate)
        {
            if (_ready.Count > 0 || _returned.Count > 0 || _spilling || stopping.IsCancellationRequested)
            {
                return Task.CompletedTask;
            }

            _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }

    public void Wake()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.SetResult();
    }

    /// <summary>Takes over the dead letters of a queue that is retired.</summary>
    public void Inherit(MessageQueue former)
    {
        var letters = (int)former.Depth.DeadLetters;
        lock (_gate)
        {
            _deadLetters += letters;
        }
    }

    public void ForgetDeadLetter()
    {
        lock (_gate)
        {
            _deadLetters--;
        }
    }

    /// <summary>The first place in the log this queue may still need; <see cref="long.MaxValue"/> if it needs none.</summary>
    public long OldestHeld
    {
        get
        {
            lock (_gate)
            {
                var oldest = _spilling ? _loadedUntil + 1 : long.MaxValue;
                if (_underWay.Length > 0)
                {
                    oldest = Math.Min(oldest, _underWay[0].Entry.Sequence);
                }

                if (_returned.Count > 0)
                {
                    oldest = Math.Min(oldest, _returned[0].Sequence);
                }

                return _ready.TryPeek(out var first) ? Math.Min(oldest, first.Sequence) : oldest;
            }
        }
    }

    /// <summary>Whether this queue may still need a message that is in the file.</summary>
    public bool MayHold(MessageKey key)
    {
        lock (_gate)
        {
            return (key.Sequence > _watermark
                || _returned.Exists(entry => entry.Sequence == key.Sequence)
                || Array.Exists(_underWay, delivery => delivery.Entry.Sequence == key.Sequence)) && IsRouted(key);
        }
    }

    private void AddReady(QueueEntry entry)
    {
        _ready.Enqueue(entry);
        _readyBytes += entry.Held.Message.Body.Length;
    }

    /// <summary>The file must list what the watermark has passed, and every count of failures.</summary>
    private List<Redelivery> RecordReturned(List<QueueEntry> returned)
    {
        var recorded = new List<Redelivery>();
        for (var i = 0; i < returned.Count; i++)
        {
            var entry = returned[i];
            var failed = Array.Exists(_underWay, delivery => delivery.Entry.Sequence == entry.Sequence && delivery.Entry.Failures < entry.Failures);
            if (failed || (!entry.Recorded && entry.Sequence <= _watermark))
            {
                recorded.Add(new Redelivery(entry.Sequence, entry.Failures));
                returned[i] = entry with { Recorded = true };
            }
        }

        return recorded;
    }

    private sealed record Binding(string Exchange, string Pattern, TopicPattern Topic, long Since)
    {
        /// <summary>The last place in the log it holds for; <see cref="long.MaxValue"/>: for all that is to come.</summary>
        public long Until { get; init; } = long.MaxValue;
    }
}

using System.Collections.Concurrent;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// The dead letters of an owner's queues in one queue, each with the name of its own, and beside them notes of messages that have failed
/// and are not given up on yet. Listing takes all from the broker and gives them back: meant for what an operator looks at, not for
/// millions. Safe for concurrent use; of two processes that list at the same time one may see only a part.
/// </summary>
internal sealed class DeadLetterQueue(QueueReader reader, Topology topology, ConfirmedPublisher publisher, TimeProvider clock)
{
    /// <summary>A message that fails comes again within seconds, or with its consumer. A note that is older was left by one that died.</summary>
    private static readonly TimeSpan LifeOfNote = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, Contents> _contents = new(StringComparer.Ordinal);

    /// <summary>Queues that are retired, and whose letters are another's now.</summary>
    private readonly ConcurrentDictionary<string, string> _successors = new(StringComparer.Ordinal);
    private long _lastId;

    /// <summary>From here on the letters of a queue are another's.</summary>
    public void Succeed(string queue, string successor) => _successors[queue] = successor;

    /// <exception cref="BroadcastException">It could not be buried: the message must stay where it is.</exception>
    public async Task BuryAsync(string queue, ReceivedMessage message, string reason, int deliveries)
    {
        var now = (long)(clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds;
        long id, last;
        do
        {
            last = Volatile.Read(ref _lastId);
            id = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref _lastId, id, last) != last);

        await PutAsync(_successors.GetValueOrDefault(queue, queue), message, owner => MessageFormat.Bury(message, owner, id, reason, deliveries));
    }

    /// <summary>Takes over what was a dead letter of a queue that is retired.</summary>
    /// <exception cref="BroadcastException">It could not be taken over: it must stay where it is.</exception>
    public Task TakeOverAsync(string successor, ReceivedMessage buried) =>
        PutAsync(successor, buried, owner => MessageFormat.Move(buried, owner));

    public async Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, long after, int count)
    {
        await topology.CountReadyAsync(queue);
        var letters = new List<DeadLetter>();
        await ReadAsync(queue, (letter, _) =>
        {
            letters.Add(letter);
            return ValueTask.FromResult(Look.Keep);
        });
        return [.. letters.Where(letter => letter.Id > after).OrderBy(letter => letter.Id).Take(count)];
    }

    /// <remarks>A failure between the two halves leaves the letter and the message: the message may come twice, never not at all.</remarks>
    public async Task<bool> ReplayAsync(string queue, long id)
    {
        await topology.CountReadyAsync(queue);
        return await ReadAsync(queue, async (letter, buried) =>
        {
            if (letter.Id != id)
            {
                return Look.Keep;
            }

            await publisher.PutAsync(queue, MessageFormat.Revive(buried), buried.Message.Body);
            return Look.RemoveLast;
        }) > 0;
    }

    public async Task<bool> DiscardAsync(string queue, long id)
    {
        await topology.CountReadyAsync(queue);
        return await ReadAsync(queue, (letter, _) => ValueTask.FromResult(letter.Id == id ? Look.RemoveLast : Look.Keep)) > 0;
    }

    /// <summary>Throws away all dead letters of a queue.</summary>
    public async Task<long> PurgeAsync(string queue) =>
        await topology.LookAsync(Topology.DeadLettersOf(queue)) is null
            ? 0
            : await ReadAsync(queue, (_, _) => ValueTask.FromResult(Look.Remove));

    /// <summary>
    /// The broker counts a queue's messages, not whose they are. They are looked at when there are more or fewer than this process knows of.
    /// </summary>
    public async Task<long> CountAsync(string queue)
    {
        var letters = Topology.DeadLettersOf(queue);
        var total = await reader.CountAsync(letters);
        var contents = _contents.GetOrAdd(letters, _ => new Contents());
        if (total != contents.Total)
        {
            var found = new Dictionary<string, long>(StringComparer.Ordinal);
            await reader.ReadAsync(letters, message =>
            {
                var owner = MessageFormat.QueueOf(message) ?? "";
                found[owner] = found.GetValueOrDefault(owner) + 1;
                return ValueTask.FromResult(Look.Keep);
            });
            contents.Set(found);
        }

        return contents.Of(queue);
    }

    /// <summary>Notes down how often a message has failed.</summary>
    /// <exception cref="BroadcastException">The broker did not take it.</exception>
    public async Task NoteAsync(string queue, string key, int failures)
    {
        var letters = Topology.DeadLettersOf(queue);
        await publisher.PutAsync(letters, MessageFormat.Note(queue, key, failures, clock.GetUtcNow()), default);
        _contents.GetValueOrDefault(letters)?.Add("", 1);
    }

    /// <returns>How often messages of a queue have failed, by their keys.</returns>
    public async Task<Dictionary<string, int>> ReadNotesAsync(string queue)
    {
        var failures = new Dictionary<string, int>(StringComparer.Ordinal);
        var letters = Topology.DeadLettersOf(queue);
        if (await reader.CountAsync(letters) > 0)
        {
            await SweepAsync(queue, (key, count) =>
            {
                failures[key] = Math.Max(count, failures.GetValueOrDefault(key));
                return true;
            });
        }

        return failures;
    }

    /// <summary>Removes notes of a queue that nobody needs any more, and what others have left long ago.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="isNeeded">Told each note's key and count.</param>
    public async Task SweepAsync(string queue, Func<string, int, bool> isNeeded)
    {
        var letters = Topology.DeadLettersOf(queue);
        var oldest = clock.GetUtcNow() - LifeOfNote;
        var removed = await reader.ReadAsync(letters, message => ValueTask.FromResult(
            MessageFormat.NoteOf(message) is { } note && (note.At < oldest || (note.Queue == queue && !isNeeded(note.Key, note.Failures)))
                ? Look.Remove
                : Look.Keep));
        _contents.GetValueOrDefault(letters)?.Add("", -removed);
    }

    private async Task PutAsync(string queue, ReceivedMessage message, Func<string, RabbitMQ.Client.BasicProperties> describe)
    {
        var letters = Topology.DeadLettersOf(queue);
        await publisher.PutAsync(letters, describe(queue), message.Message.Body);
        _contents.GetValueOrDefault(letters)?.Add(queue, 1);
    }

    private async Task<int> ReadAsync(string queue, Func<DeadLetter, ReceivedMessage, ValueTask<Look>> look)
    {
        var letters = Topology.DeadLettersOf(queue);
        var removed = await reader.ReadAsync(
            letters,
            message => MessageFormat.QueueOf(message) == queue ? look(MessageFormat.Exhume(message), message) : ValueTask.FromResult(Look.Keep));
        _contents.GetValueOrDefault(letters)?.Add(queue, -removed);
        return removed;
    }

    /// <summary>How many messages are whose, as far as this process knows; notes are nobody's. Safe for concurrent use.</summary>
    private sealed class Contents
    {
        private readonly Lock _gate = new();
        private Dictionary<string, long> _counts = new(StringComparer.Ordinal);

        public long Total
        {
            get
            {
                lock (_gate)
                {
                    return _counts.Values.Sum();
                }
            }
        }

        public long Of(string owner)
        {
            lock (_gate)
            {
                return _counts.GetValueOrDefault(owner);
            }
        }

        public void Add(string owner, long count)
        {
            lock (_gate)
            {
                _counts[owner] = _counts.GetValueOrDefault(owner) + count;
            }
        }

        public void Set(Dictionary<string, long> counts)
        {
            lock (_gate)
            {
                _counts = counts;
            }
        }
    }
}

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// The dead letters of queues, each in a queue beside its own. Listing takes all letters from the broker and gives them back:
/// meant for what an operator looks at, not for millions. Safe for concurrent use; of two processes that list at the same
/// time one may see only a part.
/// </summary>
internal sealed class DeadLetterQueue(QueueReader reader, Topology topology, ConfirmedPublisher publisher, TimeProvider clock)
{
    private long _lastId;

    /// <exception cref="BroadcastException">It could not be buried: the message must stay where it is.</exception>
    public Task BuryAsync(string queue, ReceivedMessage message, string reason, int deliveries)
    {
        var now = (long)(clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds;
        long id, last;
        do
        {
            last = Volatile.Read(ref _lastId);
            id = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref _lastId, id, last) != last);

        return publisher.PutAsync(Topology.DeadLettersOf(queue), MessageFormat.Bury(message, id, reason, deliveries), message.Message.Body);
    }

    public async Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, long after, int count)
    {
        await topology.CountReadyAsync(queue);
        var (seen, _) = await reader.ReadAsync(Topology.DeadLettersOf(queue));
        return [.. seen.Select(MessageFormat.Exhume).Where(letter => letter.Id > after).OrderBy(letter => letter.Id).Take(count)];
    }

    /// <remarks>A failure between the two halves leaves the letter and the message: the message may come twice, never not at all.</remarks>
    public async Task<bool> ReplayAsync(string queue, long id)
    {
        await topology.CountReadyAsync(queue);
        var (_, replayed) = await reader.ReadAsync(
            Topology.DeadLettersOf(queue),
            async buried =>
            {
                if (MessageFormat.Exhume(buried).Id != id)
                {
                    return false;
                }

                await publisher.PutAsync(queue, MessageFormat.Revive(buried), buried.Message.Body);
                return true;
            });
        return replayed;
    }

    public async Task<bool> DiscardAsync(string queue, long id)
    {
        await topology.CountReadyAsync(queue);
        var (_, discarded) = await reader.ReadAsync(
            Topology.DeadLettersOf(queue), buried => Task.FromResult(MessageFormat.Exhume(buried).Id == id));
        return discarded;
    }

    public Task<long> CountAsync(string queue) => reader.CountAsync(Topology.DeadLettersOf(queue));
}

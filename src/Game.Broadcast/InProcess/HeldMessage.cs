namespace Game.Broadcast.InProcess;

/// <summary>A message with its place in the bus's log, shared by all queues that hold it.</summary>
internal sealed record HeldMessage(long Sequence, BroadcastMessage Message, DateTimeOffset? ExpiresAt);

/// <summary>A queue's hold on a message.</summary>
/// <param name="Held">The message.</param>
/// <param name="Failures">Failed deliveries so far.</param>
/// <param name="Recorded">The file lists it as a redelivery of this queue.</param>
internal readonly record struct QueueEntry(HeldMessage Held, int Failures, bool Recorded)
{
    public long Sequence => Held.Sequence;
}

/// <summary>A message to be redelivered although the queue's watermark may have passed it.</summary>
internal readonly record struct Redelivery(long Sequence, int Failures);

/// <summary>
/// What one batch changes of a queue. Everything routed to the queue up to <paramref name="Watermark"/> is settled, but for
/// the redeliveries recorded.
/// </summary>
internal sealed record Settlement(
    MessageQueue Queue,
    long Watermark,
    IReadOnlyList<Redelivery> Recorded,
    IReadOnlyList<long> Removed,
    IReadOnlyList<DeadLetter> DeadLetters);

namespace Game.Broadcast;

/// <summary>
/// One delivery. The handler settles each exactly once before it returns (again, or later, is an
/// <see cref="InvalidOperationException"/>); what it leaves unsettled, or a handler that throws, counts as
/// <see cref="Retry"/>. Safe for concurrent use.
/// </summary>
public abstract class Delivery
{
    public abstract BroadcastMessage Message { get; }

    /// <summary>
    /// 1 for the first delivery, one more for each that failed, remembered over a take-over and a restart. A delivery cut
    /// short by the death of its consumer may or may not count.
    /// </summary>
    public abstract int Attempt { get; }

    /// <summary>The effect is durable: the queue forgets the message.</summary>
    public abstract void Ack();

    /// <summary>
    /// Not now (the store is away): the same message comes again after a back-off, before later ones of this queue, and
    /// does not count towards the delivery limit.
    /// </summary>
    public abstract void Postpone();

    /// <summary>Failed: comes again, in place and after a back-off, until the delivery limit makes it a dead letter.</summary>
    public abstract void Retry(string reason);

    /// <summary>Poison: becomes a dead letter at once.</summary>
    public abstract void Reject(string reason);
}

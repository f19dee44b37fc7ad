namespace Game.Broadcast.InProcess;

internal enum DeliveryOutcome
{
    None,
    Acknowledged,
    Postponed,
    Retried,
    Rejected,
    Expired,
}

internal sealed class InProcessDelivery(QueueEntry entry) : Delivery
{
    private readonly Lock _gate = new();

    public override BroadcastMessage Message => entry.Held.Message;

    public override int Attempt => entry.Failures + 1;

    public QueueEntry Entry => entry;

    public DeliveryOutcome Outcome { get; private set; }

    public string Reason { get; private set; } = "";

    public override void Ack() => Settle(DeliveryOutcome.Acknowledged, "");

    public override void Postpone() => Settle(DeliveryOutcome.Postponed, "");

    public override void Retry(string reason) => Settle(DeliveryOutcome.Retried, reason);

    public override void Reject(string reason) => Settle(DeliveryOutcome.Rejected, reason);

    /// <summary>Settles what the handler has left unsettled; from here on the handler is too late.</summary>
    public bool TrySettle(DeliveryOutcome outcome, string reason)
    {
        lock (_gate)
        {
            if (Outcome != DeliveryOutcome.None)
            {
                return false;
            }

            Outcome = outcome;
            Reason = reason;
            return true;
        }
    }

    private void Settle(DeliveryOutcome outcome, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!TrySettle(outcome, reason))
        {
            throw new InvalidOperationException($"Delivery {Attempt} of message {Message.Id} is settled already.");
        }
    }
}

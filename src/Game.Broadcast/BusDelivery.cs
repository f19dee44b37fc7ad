namespace Game.Broadcast;

public enum DeliveryOutcome
{
    None,
    Acknowledged,
    Postponed,
    Retried,
    Rejected,
    Expired,
}

/// <summary>What a bus hands out: keeps what the handler says until the bus acts on it.</summary>
public abstract class BusDelivery : Delivery
{
    private readonly Lock _gate = new();

    public DeliveryOutcome Outcome { get; private set; }

    public string Reason { get; private set; } = "";

    public sealed override void Ack() => Settle(DeliveryOutcome.Acknowledged, "");

    public sealed override void Postpone() => Settle(DeliveryOutcome.Postponed, "");

    public sealed override void Retry(string reason) => Settle(DeliveryOutcome.Retried, reason);

    public sealed override void Reject(string reason) => Settle(DeliveryOutcome.Rejected, reason);

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

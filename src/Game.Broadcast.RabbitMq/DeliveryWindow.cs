namespace Game.Broadcast.RabbitMq;

/// <summary>Unacknowledged messages of a queue in its order, and which of them are handed out next. Not thread-safe.</summary>
internal sealed class DeliveryWindow
{
    private readonly List<Slot> _slots = [];

    public int Count => _slots.Count;

    public void Add(ReceivedMessage message, int failures) => _slots.Add(new Slot(message) { Failures = failures });

    /// <summary>
    /// What comes again goes before what is new, and what has failed goes alone: a message that breaks its handler takes no
    /// other with it. Empty only if the window is.
    /// </summary>
    public IReadOnlyList<RabbitMqDelivery> Next()
    {
        if (_slots.Count == 0 || _slots[0].Failures > 0)
        {
            return [.. _slots.Take(1).Select(ToDelivery)];
        }

        var again = _slots[0].Returned;
        return [.. _slots.TakeWhile(slot => slot.Failures == 0 && slot.Returned == again).Select(ToDelivery)];
    }

    /// <summary>Keeps a message that was handed out for another delivery.</summary>
    public void Return(ReceivedMessage message, int failures)
    {
        var slot = _slots.Find(slot => slot.Message == message)!;
        slot.Returned = true;
        slot.Failures = failures;
    }

    /// <returns>Whether they were the oldest ones, so that no older one is left.</returns>
    public bool Remove(IReadOnlyList<ReceivedMessage> messages)
    {
        var oldest = messages.Count <= _slots.Count && messages.SequenceEqual(_slots.Take(messages.Count).Select(slot => slot.Message));
        if (oldest)
        {
            _slots.RemoveRange(0, messages.Count);
        }
        else
        {
            var gone = new HashSet<ReceivedMessage>(messages);
            _slots.RemoveAll(slot => gone.Contains(slot.Message));
        }

        return oldest;
    }

    private static RabbitMqDelivery ToDelivery(Slot slot) => new(slot.Message, slot.Failures);

    private sealed class Slot(ReceivedMessage message)
    {
        public ReceivedMessage Message => message;

        public int Failures { get; set; }

        public bool Returned { get; set; }
    }
}

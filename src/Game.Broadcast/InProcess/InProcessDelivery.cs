namespace Game.Broadcast.InProcess;

internal sealed class InProcessDelivery(QueueEntry entry) : BusDelivery
{
    public override BroadcastMessage Message => entry.Held.Message;

    public override int Attempt => entry.Failures + 1;

    public QueueEntry Entry => entry;
}

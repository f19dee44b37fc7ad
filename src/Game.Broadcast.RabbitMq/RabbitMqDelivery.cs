namespace Game.Broadcast.RabbitMq;

internal sealed class RabbitMqDelivery(ReceivedMessage received, int failures) : BusDelivery
{
    public ReceivedMessage Received => received;

    public override BroadcastMessage Message => received.Message;

    public override int Attempt => failures + 1;
}

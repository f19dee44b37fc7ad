using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>A message on its way to the broker; its task ends with the confirm, or says why there is none.</summary>
internal sealed class Publication(string exchange, string routingKey, BasicProperties properties, ReadOnlyMemory<byte> body, long since)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public string Exchange => exchange;

    public string RoutingKey => routingKey;

    public BasicProperties Properties => properties;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>The clock's timestamp of the call.</summary>
    public long Since => since;

    /// <summary>Its place among those that are not confirmed.</summary>
    public LinkedListNode<Publication>? Place { get; set; }

    /// <summary>The clock's timestamp of the sending; null: it waits for its turn.</summary>
    public long? SentAt { get; set; }

    /// <summary>No queue was bound for it.</summary>
    public bool IsReturned { get; set; }
}

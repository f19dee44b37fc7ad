namespace Game.Domain.Routing;

/// <summary>The ways a message can take.</summary>
public enum RouteKind
{
    /// <summary>A call to the grain that is concerned.</summary>
    Direct,

    /// <summary>The exchanges that shards meet on (RabbitMQ).</summary>
    Broadcast,

    /// <summary>The topics of bulk data (Kafka).</summary>
    Stream,
}

namespace Game.Contracts.Broadcast;

/// <summary>
/// Publishes one route's share of the shard's event log to the bus; key: the route (an exchange's name). The log is the
/// outbox: the grain reads after its durable cursor, publishes with confirms, then moves the cursor.
/// </summary>
[Alias("game.IBroadcastPublisherGrain")]
public interface IBroadcastPublisherGrain : IGrainWithStringKey
{
    /// <summary>A hint that the log has grown. Lost hints are made good by the grain's timer and reminder.</summary>
    [Alias("Wake"), OneWay, AlwaysInterleave]
    Task WakeAsync();

    [Alias("GetStatus"), ReadOnly, AlwaysInterleave]
    Task<PublisherStatus> GetStatusAsync();
}

/// <summary><paramref name="Cursor"/>: last log position known published; <paramref name="Head"/>: the log's last position.</summary>
[GenerateSerializer, Immutable, Alias("game.publisher.status")]
public sealed record PublisherStatus(
    [property: Id(0)] string Route,
    [property: Id(1)] long Cursor,
    [property: Id(2)] long Head,
    [property: Id(3)] long Published,
    [property: Id(4)] long Failures);

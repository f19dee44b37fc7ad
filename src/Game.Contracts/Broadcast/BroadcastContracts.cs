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

    /// <summary>
    /// A shard says what it has heard of this route, by chain. Where more was sent it gets a mark in its queue, behind all that is
    /// under way: what it has not heard by then is lost.
    /// </summary>
    /// <returns>Up to where these chains have been sent and confirmed.</returns>
    [Alias("Answer"), AlwaysInterleave]
    Task<IReadOnlyList<ChainMark>> AnswerAsync(string receiver, IReadOnlyList<ChainMark> heard);

    /// <summary>A shard has missed what came after a place of a chain: all from there is sent again, to its queue alone.</summary>
    [Alias("Resend"), AlwaysInterleave]
    Task ResendAsync(string receiver, ChainMark after);

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

/// <summary>A place of a chain: everything up to it is meant.</summary>
[GenerateSerializer, Immutable, Alias("game.chain.mark")]
public sealed record ChainMark([property: Id(0)] string Chain, [property: Id(1)] long Place);

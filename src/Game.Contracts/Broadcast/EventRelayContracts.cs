namespace Game.Contracts.Broadcast;

/// <summary>
/// Publishes the shard's whole event log to a topic; key: the topic. The log is the outbox: the grain reads after its durable
/// cursor, writes with confirms, then moves the cursor.
/// </summary>
[Alias("game.IEventRelayGrain")]
public interface IEventRelayGrain : IGrainWithStringKey
{
    /// <summary>A hint that the log has grown. Lost hints are made good by the grain's timer and reminder.</summary>
    [Alias("Wake"), OneWay, AlwaysInterleave]
    Task WakeAsync();

    [Alias("GetStatus"), ReadOnly, AlwaysInterleave]
    Task<RelayStatus> GetStatusAsync();
}

/// <summary>How far a shard's log is published.</summary>
/// <param name="Topic">Where to.</param>
/// <param name="Cursor">Last log position known published.</param>
/// <param name="Head">The log's last position.</param>
/// <param name="Published">Events confirmed since the relay was activated.</param>
/// <param name="Failures">Attempts in vain since then.</param>
/// <param name="Trouble">Why the last attempt failed; null if it did not.</param>
[GenerateSerializer, Immutable, Alias("game.relay.status")]
public sealed record RelayStatus(
    [property: Id(0)] string Topic,
    [property: Id(1)] long Cursor,
    [property: Id(2)] long Head,
    [property: Id(3)] long Published,
    [property: Id(4)] long Failures,
    [property: Id(5)] string? Trouble);

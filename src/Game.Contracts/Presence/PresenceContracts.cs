namespace Game.Contracts.Presence;

/// <summary>
/// Who is online, as one shard knows it; key: the shard. In memory: gateways tell who has a session here, under a lease, and
/// other shards tell over the bus who is online there.
/// </summary>
[Alias("game.IPresenceGrain")]
public interface IPresenceGrain : IGrainWithStringKey
{
    /// <summary>Renews the gateway's lease. False: reports are missing here, so the next one must be full.</summary>
    [Alias("Report")]
    Task<bool> ReportAsync(PresenceReport report);

    [Alias("Get"), ReadOnly]
    Task<IReadOnlyList<PlayerPresence>> GetAsync(IReadOnlyList<string> players);

    /// <summary>Another shard tells who is online there.</summary>
    [Alias("Hear")]
    Task HearAsync(string shard, PresenceDigested digest);

    /// <summary>The player's friends have changed.</summary>
    [Alias("FriendsChanged"), OneWay]
    Task FriendsChangedAsync(string player);
}

/// <summary>
/// The players that have a session at a gateway since its last report: all of them if <paramref name="Full"/>, otherwise
/// what changed. <paramref name="Sequence"/> counts the gateway's reports to the shard from 1.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.presence.report")]
public sealed record PresenceReport(
    [property: Id(0)] string Gateway,
    [property: Id(1)] long Sequence,
    [property: Id(2)] bool Full,
    [property: Id(3)] IReadOnlyList<string> Online,
    [property: Id(4)] IReadOnlyList<string> Offline);

[GenerateSerializer, Immutable, Alias("game.presence.player")]
public readonly record struct PlayerPresence([property: Id(0)] string PlayerId, [property: Id(1)] bool Online);

/// <summary>
/// What a shard with players online tells the others once an interval: who came and went, and all members of one bucket in
/// turn, so that whoever missed something is right again after a round. Players are ULIDs of this shard in one text, 26
/// characters each. Never stored: it is sent straight to the bus and outlives only its time to live.
/// </summary>
/// <param name="At">When it was told.</param>
/// <param name="Epoch">Grows with every activation of the shard's presence; the greater holds.</param>
/// <param name="Version">Counts the digests of an epoch from 1; the greater holds.</param>
/// <param name="Online">Who came.</param>
/// <param name="Offline">Who went.</param>
/// <param name="Bucket">Which bucket is listed, from 0.</param>
/// <param name="Buckets">How many buckets there are.</param>
/// <param name="Members">All of that bucket who are online.</param>
[GenerateSerializer, Immutable, Alias("presence.digested")]
public sealed record PresenceDigested(
    DateTimeOffset At,
    [property: Id(0)] long Epoch,
    [property: Id(1)] long Version,
    [property: Id(2)] string Online,
    [property: Id(3)] string Offline,
    [property: Id(4)] int Bucket,
    [property: Id(5)] int Buckets,
    [property: Id(6)] string Members) : GameEvent(At);

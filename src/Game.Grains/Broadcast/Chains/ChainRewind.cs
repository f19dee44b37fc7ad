using Game.EventStore;

namespace Game.Grains.Broadcast.Chains;

/// <summary>For a publisher whose cursor is moved back while its shard does not run, so that it sends again.</summary>
public static class ChainRewind
{
    /// <summary>
    /// Leaves a snapshot of the publisher's chains at its new cursor. Marks of receivers (<c>inbox/…</c>) are left as they are: they are
    /// of the moment of their own store, and what is missing after them is asked for.
    /// </summary>
    /// <param name="store">The shard's.</param>
    /// <param name="route">Whose cursor was moved.</param>
    /// <param name="cursor">Where to.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EventStoreException">The store is away: to be done again, before the publisher runs.</exception>
    public static Task RewindAsync(
        IEventStore store, string route, long cursor, DateTimeOffset now, CancellationToken cancellationToken) =>
        SentChains.RewindAsync(store, BroadcastRoutes.CursorOf(route), cursor, now, cancellationToken);
}

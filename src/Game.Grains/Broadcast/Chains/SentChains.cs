using System.Text.Json;
using Game.EventStore;
using Game.Grains.EventSourcing;

namespace Game.Grains.Broadcast.Chains;

/// <summary>
/// The last place that was sent on each chain of a route, at the publisher's cursor. Kept as a snapshot beside the log, written
/// before the cursor moves, so that there is always one at or below the cursor that is true there. Not thread-safe.
/// </summary>
internal sealed class SentChains
{
    private const string Format = "sent-chains-1";

    private readonly Dictionary<string, long> _heads;
    private readonly long _before;

    private SentChains(long before, Dictionary<string, long> heads) => (_before, _heads) = (before, heads);

    /// <summary>Whether a snapshot says the same as this.</summary>
    public bool IsSaved { get; private set; }

    /// <param name="store">Holds the snapshot.</param>
    /// <param name="name">The snapshot's stream.</param>
    /// <param name="cursor">Up to where the log has been sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<SentChains> LoadAsync(IEventStore store, string name, long cursor, CancellationToken cancellationToken)
    {
        if (cursor > 0
            && await store.ReadSnapshotAsync(name, cursor, cancellationToken) is { Format: Format } snapshot
            && JsonSerializer.Deserialize<Stored>(snapshot.Body.Span, EventCodec.Json) is { } stored)
        {
            return new SentChains(stored.Before, new Dictionary<string, long>(stored.Heads, StringComparer.Ordinal)) { IsSaved = true };
        }

        // What was sent before anybody kept count: one bound for every chain.
        return new SentChains(cursor == 0 ? 0 : ChainPlace.Of(cursor, ChainPlace.MaxMessages - 1), new(StringComparer.Ordinal));
    }

    /// <summary>
    /// For a cursor that is moved back. A chain on which nothing was sent since then had the same head there; where one was must not
    /// be guessed too early, for a receiver would take what it has missed before it as never sent.
    /// </summary>
    public static async Task RewindAsync(
        IEventStore store, string name, long cursor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (cursor == 0
            || await store.ReadSnapshotAsync(name, cancellationToken: cancellationToken) is not { Format: Format } newest
            || newest.Version <= cursor
            || (await store.ReadSnapshotAsync(name, cursor, cancellationToken))?.Version == cursor
            || JsonSerializer.Deserialize<Stored>(newest.Body.Span, EventCodec.Json) is not { } stored)
        {
            return;
        }

        var bound = ChainPlace.Of(cursor, ChainPlace.MaxMessages - 1);
        var heads = stored.Heads.ToDictionary(head => head.Key, head => Math.Min(head.Value, bound), StringComparer.Ordinal);
        await new SentChains(Math.Min(stored.Before, bound), heads).SaveAsync(store, name, cursor, now, cancellationToken);
    }

    public SentChains Copy() => new(_before, new Dictionary<string, long>(_heads, StringComparer.Ordinal)) { IsSaved = IsSaved };

    /// <summary>The last place sent on a chain; 0: none.</summary>
    public long HeadOf(string chain) => _heads.GetValueOrDefault(chain, _before);

    /// <returns>The place before it.</returns>
    public long Advance(string chain, long place)
    {
        var previous = HeadOf(chain);
        _heads[chain] = place;
        IsSaved = false;
        return previous;
    }

    public async Task SaveAsync(IEventStore store, string name, long cursor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Stored(_before, _heads), EventCodec.Json);
        await store.WriteSnapshotAsync(new Snapshot(name, cursor, Format, now, body), cancellationToken);
        IsSaved = true;
    }

    private sealed record Stored(long Before, IReadOnlyDictionary<string, long> Heads);
}

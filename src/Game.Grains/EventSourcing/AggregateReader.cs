using System.Text.Json;
using Game.Contracts;
using Game.EventStore;

namespace Game.Grains.EventSourcing;

/// <summary>A state read back from its stream. <paramref name="SnapshotVersion"/> is 0 if no snapshot helped.</summary>
public readonly record struct LoadedState<TState>(TState State, long Version, long SnapshotVersion, long SnapshotBytes);

/// <summary>
/// Reads an aggregate at any version: the newest usable snapshot below it, and the events after that. A snapshot of an
/// unknown format or one that does not parse is passed over: the log alone is the truth.
/// </summary>
public class AggregateReader<TState>(
    IEventStore store, EventCodec codec, Func<TState> initial, Func<TState, GameEvent, TState> apply)
    where TState : class
{
    /// <summary>Events between snapshots of a small state.</summary>
    public const long MinSnapshotInterval = 200;

    private const int BytesAnEvent = 64;

    /// <summary>
    /// Events to wait before the next snapshot, after one of <paramref name="snapshotBytes"/>: large states are written
    /// less often, so that snapshots never cost more than the log itself.
    /// </summary>
    public static long SnapshotInterval(long snapshotBytes) => Math.Max(MinSnapshotInterval, snapshotBytes / BytesAnEvent);

    /// <summary>
    /// Changes whenever the state's shape does: older snapshots are then ignored and replaced. A change of <c>Apply</c> alone
    /// that should reach snapshots too needs a new number here.
    /// </summary>
    protected virtual string Format => $"json/1/{StateShape<TState>.Hash}";

    public async Task<LoadedState<TState>> ReadAsync(
        string stream, long untilVersion = long.MaxValue, CancellationToken cancellationToken = default)
    {
        var state = initial();
        long version = 0;
        long snapshotBytes = 0;
        var snapshot = await store.ReadSnapshotAsync(stream, untilVersion, cancellationToken);
        if (snapshot is not null && snapshot.Format == Format && Deserialize(snapshot.Body) is { } restored)
        {
            state = restored;
            version = snapshot.Version;
            snapshotBytes = snapshot.Body.Length;
        }

        var snapshotVersion = version;
        await foreach (var stored in store.ReadAsync(stream, version + 1, untilVersion, cancellationToken))
        {
            state = apply(state, codec.Decode(stored));
            version = stored.Version;
        }

        return new LoadedState<TState>(state, version, snapshotVersion, snapshotBytes);
    }

    /// <returns>The snapshot's size in bytes.</returns>
    public async Task<long> WriteSnapshotAsync(
        string stream, TState state, long version, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        var body = Serialize(state);
        await store.WriteSnapshotAsync(new Snapshot(stream, version, Format, now, body), cancellationToken);
        return body.Length;
    }

    protected virtual ReadOnlyMemory<byte> Serialize(TState state) => JsonSerializer.SerializeToUtf8Bytes(state, EventCodec.Json);

    protected virtual TState? Deserialize(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<TState>(body.Span, EventCodec.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

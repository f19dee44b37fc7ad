using Game.Contracts;
using Game.Domain.Friends;
using Game.Domain.Guilds;
using Game.Domain.Players;
using Game.Domain.Wars;
using Game.Domain.WorldEvents;
using Game.EventStore;
using Game.Grains.EventSourcing;

namespace Game.Simulation.Tests;

/// <summary>A shard's log as far as it has been read, decoded, and the states it folds to.</summary>
internal sealed class ShardLog(ShardNode node)
{
    private static readonly EventCodec Codec = EventCodec.ForGame();

    private readonly SortedDictionary<string, List<(StoredEvent Stored, GameEvent Fact)>> _streams = new(StringComparer.Ordinal);
    private long _position;

    public ShardNode Node => node;

    public IEnumerable<string> Streams => _streams.Keys;

    /// <summary>Reads on to the end: what has been stored stays as it is.</summary>
    public async Task<ShardLog> ReadAsync()
    {
        foreach (var stored in await node.Store.ReadAllAsync(_position, int.MaxValue))
        {
            _position = stored.Position;
            if (!_streams.TryGetValue(stored.Stream, out var events))
            {
                _streams.Add(stored.Stream, events = []);
            }

            events.Add((stored, Codec.Decode(stored)));
        }

        return this;
    }

    public IReadOnlyList<(StoredEvent Stored, GameEvent Fact)> Events(string stream) =>
        _streams.TryGetValue(stream, out var events) ? events : [];

    /// <summary>The keys of a category's streams.</summary>
    public IEnumerable<string> Keys(string category) =>
        _streams.Keys.Where(stream => StreamName.CategoryOf(stream) == category).Select(StreamName.KeyOf);

    public IEnumerable<Player> Players() => Fold(StreamName.Player, Player.Initial, (state, fact) => state.Apply(fact));

    public IEnumerable<Guild> Guilds() => Fold(StreamName.Guild, Guild.Initial, (state, fact) => state.Apply(fact));

    public IEnumerable<GuildWar> Wars() => Fold(StreamName.War, GuildWar.Initial, (state, fact) => state.Apply(fact));

    public IEnumerable<WarFront> Fronts() => Fold(StreamName.Front, WarFront.Initial, (state, fact) => state.Apply(fact));

    public IEnumerable<FriendList> FriendLists() => Fold(StreamName.Friends, FriendList.Initial, (state, fact) => state.Apply(fact));

    public IEnumerable<WorldEvent> Events() => Fold(StreamName.WorldEvent, WorldEvent.Initial, (state, fact) => state.Apply(fact));

    public IEnumerable<WorldEventFront> EventFronts() =>
        Fold(StreamName.EventFront, WorldEventFront.Initial, (state, fact) => state.Apply(fact));

    private IEnumerable<T> Fold<T>(string category, Func<string, T> initial, Func<T, GameEvent, T> apply) =>
        Keys(category).Select(key => Events(StreamName.Of(category, key)).Aggregate(initial(key), (state, entry) => apply(state, entry.Fact)));
}

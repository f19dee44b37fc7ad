using System.Collections.Immutable;
using Game.Contracts;
using Game.Contracts.Shards;

namespace Game.Domain.Shards;

/// <summary>
/// What a shard has learned of others beside its settings. Each announces itself once; whoever hears it remembers it, and
/// introduces itself if the newcomer does not know it. So any two shards know of each other, whichever started first.
/// </summary>
public sealed record ShardRegistry : IAggregate<ShardRegistry, ShardRegistryCommand>
{
    public bool Announced { get; init; }

    public ImmutableSortedSet<string> Learned { get; init => field = value.WithComparer(StringComparer.Ordinal); } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public static ShardRegistry Initial(string id) => new();

    public Decision Decide(ShardRegistryCommand command, DateTimeOffset now) => command switch
    {
        AnnounceShard c => Announced ? Decision.Nothing : new ShardAnnounced(now, c.Known),
        MeetShard c => Meet(c, now),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A shard registry does not know this command."),
    };

    public ShardRegistry Apply(GameEvent fact) => fact switch
    {
        ShardAnnounced => this with { Announced = true },
        ShardLearned e => this with { Learned = Learned.Add(e.Shard) },
        ShardIntroduced => this,
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A shard registry's stream does not hold this event."),
    };

    /// <summary>All known shards: those of the settings first, in their order.</summary>
    public IReadOnlyList<string> With(IReadOnlyList<string> settings) => [.. settings, .. Learned.Except(settings)];

    private Decision Meet(MeetShard c, DateTimeOffset now)
    {
        GameEvent[] learned = c.InSettings || Learned.Contains(c.Shard) ? [] : [new ShardLearned(now, c.Shard)];
        GameEvent[] introduced = c.KnowsUs ? [] : [new ShardIntroduced(now, c.Shard)];
        return Decision.Accept([.. learned, .. introduced]);
    }
}

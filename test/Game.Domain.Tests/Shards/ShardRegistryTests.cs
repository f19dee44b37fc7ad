using Game.Contracts;
using Game.Contracts.Shards;
using Game.Domain.Shards;

namespace Game.Domain.Tests.Shards;

public sealed class ShardRegistryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_shard_announces_itself_once()
    {
        var (registry, first) = Run(ShardRegistry.Initial("s01"), new AnnounceShard("a", ["s01"]));
        Assert.Equal(["s01"], Assert.IsType<ShardAnnounced>(Assert.Single(first)).Known);
        Assert.Empty(Run(registry, new AnnounceShard("b", ["s01", "s02"])).Facts);
    }

    [Fact]
    public void A_newcomer_that_knows_this_shard_is_remembered_and_not_answered()
    {
        var (registry, facts) = Run(ShardRegistry.Initial("s01"), new MeetShard("a", "s03", InSettings: false, KnowsUs: true));
        Assert.Equal([new ShardLearned(Now, "s03")], facts);
        Assert.Equal(["s01", "s02", "s03"], registry.With(["s01", "s02"]));
        Assert.Empty(Run(registry, new MeetShard("b", "s03", InSettings: false, KnowsUs: true)).Facts);
    }

    [Fact]
    public void A_newcomer_that_does_not_know_this_shard_is_answered()
    {
        var (_, facts) = Run(ShardRegistry.Initial("s01"), new MeetShard("a", "s03", InSettings: true, KnowsUs: false));
        Assert.Equal([new ShardIntroduced(Now, "s03")], facts);
    }

    [Fact]
    public void A_shard_of_the_settings_is_not_remembered_beside_them()
    {
        var (registry, facts) = Run(ShardRegistry.Initial("s01"), new MeetShard("a", "s02", InSettings: true, KnowsUs: true));
        Assert.Empty(facts);
        Assert.Equal(["s01", "s02"], registry.With(["s01", "s02"]));
    }

    [Fact]
    public void Known_shards_come_in_the_order_of_the_settings_and_once()
    {
        var (registry, _) = Run(ShardRegistry.Initial("s01"), new MeetShard("a", "s02", InSettings: false, KnowsUs: true));
        Assert.Equal(["s99", "s100", "s02"], registry.With(["s99", "s100", "s02"]));
        Assert.Equal(["s99", "s100", "s02"], registry.With(["s99", "s100"]));
    }

    private static (ShardRegistry Registry, IReadOnlyList<GameEvent> Facts) Run(ShardRegistry registry, ShardRegistryCommand command)
    {
        var decision = registry.Decide(command, Now);
        Assert.Null(decision.Refusal);
        return (decision.Events.Aggregate(registry, (state, fact) => state.Apply(fact)), decision.Events);
    }
}

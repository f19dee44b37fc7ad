using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Contracts.Shards;
using Game.Contracts.Wars;

namespace Game.Grains.Tests;

/// <summary>Shards that start one after the other, some with settings that do not name the others.</summary>
public sealed class ShardRegistryTests
{
    [Fact]
    public async Task A_shard_added_to_a_running_world_is_part_of_the_next_war()
    {
        await using var world = await TestWorld.StartAsync(2);
        var red = await world.RegisterAsync("s01", "red");
        var blue = await world.RegisterAsync("s02", "blue");
        var (reds, blues) = (await world.FoundAsync(red, "Reds"), await world.FoundAsync(blue, "Blues"));

        await world.AddAsync("s03");
        await KnowsAsync(world, "s01", "s01", "s02", "s03");
        await KnowsAsync(world, "s02", "s01", "s02", "s03");

        var newcomer = await world.RegisterAsync("s03", "newcomer");
        await world.JoinAsync(newcomer, reds);
        var war = Contracts.Identity.EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        var held = await world.HomeGrain<IGuildGrain>(reds).HandleAsync(new HoldWager("declare", red, war, blues, 10, 3600));
        Assert.Null(held.Refusal);
        await TestWorld.UntilAsync(() => world.HomeGrain<IGuildGrain>(blues).GetAsync(), guild => guild!.Wars.Count == 1);
        Assert.Null((await world.HomeGrain<IGuildGrain>(blues).HandleAsync(new AcceptWar("accept", blue, war))).Refusal);
        await TestWorld.UntilAsync(() => world.Grains("s03").GetGrain<IWarFrontGrain>(war).GetAsync(), front => front is not null);

        var struck = await world.HomeGrain<IPlayerGrain>(newcomer).StrikeAsync("strike", war, 42);
        Assert.Null(struck.Refusal);
        var view = await TestWorld.UntilAsync(
            () => world.HomeGrain<IGuildWarGrain>(war).GetAsync(), view => view!.Shards.Any(shard => shard.Points.Attacker == 42));
        Assert.Equal(["s01", "s02", "s03"], view!.Shards.Select(shard => shard.Shard));
    }

    [Fact]
    public async Task Shards_that_do_not_know_each_other_meet_whichever_came_first()
    {
        await using var world = await TestWorld.StartAsync(1);
        await world.AddAsync("s02");

        // Its settings name s01 only: of s02 it hears because s02 answers.
        await world.AddAsync("s03");
        await KnowsAsync(world, "s01", "s01", "s02", "s03");
        await KnowsAsync(world, "s02", "s01", "s02", "s03");
        await KnowsAsync(world, "s03", "s01", "s02", "s03");
    }

    private static Task KnowsAsync(TestWorld world, string shard, params string[] all) => TestWorld.UntilAsync(
        () => world.Grains(shard).GetGrain<IShardRegistryGrain>(shard).GetAsync(),
        known => known.Announced && known.Shards.Order(StringComparer.Ordinal).SequenceEqual(all));
}

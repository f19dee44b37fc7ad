using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Grains.Leaderboards;

namespace Game.Grains.Tests;

public sealed class WarTests
{
    [Fact]
    public Task A_war_over_three_shards_settles_with_every_point_and_all_gold() => TestWorld.WithTimeAsync(5, async seconds =>
    {
        await using var world = await TestWorld.StartAsync(3);
        var (reds, blues) = (await world.RegisterAsync("s01", "red-leader"), await world.RegisterAsync("s02", "blue-leader"));
        var red = await world.FoundAsync(reds, "The Reds", "RED");
        var blue = await world.FoundAsync(blues, "The Blues", "BLU");
        var fighters = new List<(string Player, string Guild)> { (reds, red), (blues, blue) };
        foreach (var shard in world.Names)
        {
            foreach (var guild in (string[])[red, blue])
            {
                var player = await world.RegisterAsync(shard, $"fighter-{shard}-{(guild == red ? "r" : "b")}");
                await world.JoinAsync(player, guild);
                fighters.Add((player, guild));
            }
        }

        var war = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        var held = await world.HomeGrain<IGuildGrain>(red).HandleAsync(new HoldWager(TestWorld.NewCommand(), reds, war, blue, 80, seconds));
        Assert.Null(held.Refusal);
        await TestWorld.UntilAsync(
            () => world.HomeGrain<IGuildGrain>(blue).GetAsync(), guild => guild!.Wars.Any(entry => entry.WarId == war));
        var accepted = await world.HomeGrain<IGuildGrain>(blue).HandleAsync(new AcceptWar(TestWorld.NewCommand(), blues, war));
        Assert.Null(accepted.Refusal);
        foreach (var shard in world.Names)
        {
            await TestWorld.UntilAsync(() => world.Grains(shard).GetGrain<IWarFrontGrain>(war).GetAsync(), front => front is not null);
        }

        // As many strikes as the machine has time for.
        var earned = fighters.ToDictionary(fighter => fighter.Player, _ => 0L);
        var points = world.Names.ToDictionary(shard => shard, _ => default(WarPoints));
        foreach (var (power, (player, guild)) in Enumerable.Range(1, 20).SelectMany(power => fighters.Select(fighter => (power, fighter))))
        {
            if (!await world.StrikeAsync(player, war, power))
            {
                break;
            }

            earned[player] += power;
            points[EntityId.ShardOf(player)] += guild == red ? new WarPoints(power, 0) : new WarPoints(0, power);
        }

        if (earned.Values.Sum() == 0)
        {
            return false;
        }

        var total = points.Values.Aggregate(default(WarPoints), (sum, shard) => sum + shard);
        var settled = await TestWorld.UntilAsync(
            () => world.HomeGrain<IGuildWarGrain>(war).GetAsync(), view => view!.Status == WarStatus.Settled);
        Assert.Equal(total, settled!.Total);
        Assert.Equal(points.Select(shard => new ShardPoints(shard.Key, shard.Value, Final: true)).OrderBy(shard => shard.Shard), settled.Shards);
        Assert.Empty(settled.MissingShards);
        foreach (var shard in world.Names)
        {
            var front = await TestWorld.UntilAsync(
                () => world.Grains(shard).GetGrain<IWarFrontGrain>(war).GetAsync(), view => view!.Outcome is not null);
            Assert.Equal(total, front!.Outcome!.Total);
        }

        var ledger = await TestWorld.UntilAsync(world.LedgerAsync, gold => gold is { InTransit: 0, Escrow: 0 });
        Assert.True(ledger.Balanced);
        Assert.Equal(8 * 1000, ledger.Minted);

        foreach (var (fighter, _) in fighters)
        {
            var experience = await TestWorld.UntilAsync(
                async () => (await world.HomeGrain<IPlayerGrain>(fighter).GetAsync())!.Experience, sum => sum >= earned[fighter]);
            Assert.Equal(earned[fighter], experience);
        }

        var ranked = earned.Where(fighter => EntityId.ShardOf(fighter.Key) == "s03" && fighter.Value > 0).ToDictionary();
        var board = world.Grains("s03").GetGrain<ILeaderboardGrain>(LeaderboardCatalog.WarPoints);
        var page = await TestWorld.UntilAsync(() => board.GetPageAsync(0, 1, 10), answer => answer.Value!.Items.Count == ranked.Count);
        Assert.Equal(ranked, page.Value!.Items.ToDictionary(entry => entry.Member, entry => entry.Score));

        return true;
    });

    [Fact]
    public async Task A_strike_sent_twice_counts_once_and_gets_the_first_answer()
    {
        await using var world = await TestWorld.StartAsync(2);
        var (reds, blues) = (await world.RegisterAsync("s01", "red-leader"), await world.RegisterAsync("s02", "blue-leader"));
        var (red, blue) = (await world.FoundAsync(reds, "The Reds"), await world.FoundAsync(blues, "The Blues"));
        var war = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        await world.HomeGrain<IGuildGrain>(red).HandleAsync(new HoldWager(TestWorld.NewCommand(), reds, war, blue, 10, 60));
        await TestWorld.UntilAsync(() => world.HomeGrain<IGuildGrain>(blue).GetAsync(), guild => guild!.Wars.Count == 1);
        await world.HomeGrain<IGuildGrain>(blue).HandleAsync(new AcceptWar(TestWorld.NewCommand(), blues, war));
        await TestWorld.UntilAsync(() => world.Grains("s01").GetGrain<IWarFrontGrain>(war).GetAsync(), front => front is not null);

        var player = world.HomeGrain<IPlayerGrain>(reds);
        var first = await player.StrikeAsync("one", war, 7);
        await player.StrikeAsync("two", war, 5);
        var again = await player.StrikeAsync("one", war, 7);
        var other = await player.StrikeAsync("one", war, 8);

        Assert.Equal(first, again);
        Assert.Equal(RefusalCodes.CommandIdReused, other.Refusal?.Code);
        Assert.Equal(new WarPoints(12, 0), (await world.Grains("s01").GetGrain<IWarFrontGrain>(war).GetAsync())!.Points);
    }
}

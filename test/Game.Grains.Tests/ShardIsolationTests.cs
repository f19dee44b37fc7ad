using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Grains.Hosting;

namespace Game.Grains.Tests;

/// <summary>Shards that share silos know no more of each other than shards in silos of their own.</summary>
public sealed class ShardIsolationTests
{
    private const int Rounds = 120;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TheSameWorld_InSilosTogetherAndInSilosOfTheirOwn_EndsTheSame(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var together = await TestWorld.StartAsync(3);
        var first = await PlayAsync(together, new Random(seed));
        await using var apart = await TestWorld.StartApartAsync(3);
        Assert.Equal(first, await PlayAsync(apart, new Random(seed)));
    }

    [Fact]
    public async Task Grains_OfShardsOfOneSilo_HaveStoresOfTheirOwn()
    {
        await using var world = await TestWorld.StartAsync(2);
        await world.UntilPublishedAsync("s01");
        await world.UntilPublishedAsync("s02");
        var (before, neighbour) = (await world.Store("s01").GetHeadAsync(TestContext.Current.CancellationToken), await world.Store("s02").GetHeadAsync(TestContext.Current.CancellationToken));

        // The same key is another grain on each shard.
        var key = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        Assert.Null((await world.Grains("s01").GetGrain<IPlayerGrain>(key).HandleAsync(new RegisterPlayer("register", "ann", 10))).Refusal);
        Assert.Null(await world.Grains("s02").GetGrain<IPlayerGrain>(key).GetAsync());

        Assert.True(await world.Store("s01").GetHeadAsync(TestContext.Current.CancellationToken) > before);
        Assert.Equal(neighbour, await world.Store("s02").GetHeadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Factory_OfAShard_ReachesNoGrainOfAnother()
    {
        await using var world = await TestWorld.StartAsync(2);
        var grains = world.Grains("s01");
        var (own, others) = (grains.GetGrain<IPlayerGrain>("s01.x").GetGrainId(), world.Grains("s02").GetGrain<IPlayerGrain>("s02.x").GetGrainId());

        Assert.Equal(own, grains.GetGrain(own).GetGrainId());
        Assert.Throws<ArgumentException>(() => grains.GetGrain(others));
        Assert.Throws<ArgumentException>(() => grains.GetGrain<IPlayerGrain>(others));

        // Whatever key it is given, even one that looks like another shard's.
        Assert.True(ShardKey.IsOf("s01", grains.GetGrain<IPlayerGrain>("s02/s02.x").GetGrainId()));
    }

    [Fact]
    public async Task Grain_OfAShardThatTheSiloDoesNotHost_IsNotThere()
    {
        await using var world = await TestWorld.StartApartAsync(1);
        var elsewhere = new ShardGrainFactory("s02", world.Silo("s01"));
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => elsewhere.GetGrain<IPlayerGrain>("s02.x").GetAsync());
        Assert.Contains("does not host shard 's02'", refusal.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Plays by chance, each step after the one before has come to rest, and tells what is left without ids and times.</summary>
    private static async Task<string> PlayAsync(TestWorld world, Random random)
    {
        var players = new List<string>();
        foreach (var i in Enumerable.Range(0, 6))
        {
            players.Add(await world.RegisterAsync(world.Names[i % 3], $"player-{i}"));
        }

        var guilds = new[] { await world.FoundAsync(players[0], "Reds", "RED"), await world.FoundAsync(players[1], "Blues", "BLU") };
        foreach (var player in players.Skip(2))
        {
            await world.JoinAsync(player, guilds[random.Next(2)]);
        }

        var war = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        Assert.Null((await world.HomeGrain<IGuildGrain>(guilds[0]).HandleAsync(new HoldWager("declare", players[0], war, guilds[1], 50, 3600))).Refusal);
        await TestWorld.UntilAsync(() => world.HomeGrain<IGuildGrain>(guilds[1]).GetAsync(), guild => guild!.Wars.Count == 1);
        Assert.Null((await world.HomeGrain<IGuildGrain>(guilds[1]).HandleAsync(new AcceptWar("accept", players[1], war))).Refusal);
        foreach (var shard in world.Names)
        {
            await TestWorld.UntilAsync(() => world.Grains(shard).GetGrain<IWarFrontGrain>(war).GetAsync(), front => front is not null);
        }

        var said = new List<string?>();
        for (var round = 0; round < Rounds; round++)
        {
            var player = players[random.Next(players.Count)];
            var grain = world.HomeGrain<IPlayerGrain>(player);
            said.Add(random.Next(3) switch
            {
                0 => (await grain.StrikeAsync($"strike-{round}", war, random.Next(1, 50))).Refusal?.Code,
                1 => (await grain.HandleAsync(new SendGuildDeposit($"deposit-{round}", random.Next(1, 200)))).Refusal?.Code,
                _ => (await grain.HandleAsync(new AwardExperience($"award-{round}", random.Next(1, 500), "quest"))).Refusal?.Code,
            });
        }

        await TestWorld.UntilAsync(world.LedgerAsync, gold => gold.InTransit == 0);
        var points = new List<WarPoints>();
        foreach (var shard in world.Names)
        {
            points.Add((await world.Grains(shard).GetGrain<IWarFrontGrain>(war).GetAsync())!.Points);
        }

        var total = points.Aggregate((a, b) => a + b);
        var scored = await TestWorld.UntilAsync(() => world.HomeGrain<IGuildWarGrain>(war).GetAsync(), view => view!.Total == total);
        var lines = new List<string> { string.Join(' ', said), string.Join(' ', points), $"{scored!.Total}" };
        foreach (var player in players)
        {
            var view = (await world.HomeGrain<IPlayerGrain>(player).GetAsync())!;
            lines.Add($"{view.Name} {view.Level} {view.Experience} {view.Gold} {view.Membership} {Array.IndexOf(guilds, view.GuildId)}");
        }

        foreach (var guild in guilds)
        {
            var view = (await world.HomeGrain<IGuildGrain>(guild).GetAsync())!;
            lines.Add($"{view.Name} {view.Treasury} {view.Escrow} {string.Join(',', view.Members.Select(member => $"{member.Name}:{member.Role}").Order())}");
        }

        return string.Join('\n', lines);
    }
}

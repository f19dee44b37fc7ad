using Game.Contracts.Friends;
using Game.Contracts.Identity;
using Game.Contracts.Notifications;
using Game.Contracts.Presence;

namespace Game.Grains.Tests;

public sealed class FriendTests
{
    [Fact]
    public async Task Both_lists_agree_after_anything_at_once_and_a_restart()
    {
        await using var world = await TestWorld.StartAsync(3);
        var players = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            players.Add(await world.RegisterAsync(world.Names[i % 3], $"player{i}"));
        }

        var random = new Random(11);
        for (var round = 0; round < 6; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            {
                var (actor, other) = (players[random.Next(6)], players[random.Next(6)]);
                FriendCommand command = random.Next(8) switch
                {
                    0 or 1 or 2 => new RequestFriend(TestWorld.NewCommand(), other, "name"),
                    3 or 4 => new AcceptFriend(TestWorld.NewCommand(), other, "name"),
                    5 => new DeclineFriend(TestWorld.NewCommand(), other),
                    6 => new RemoveFriend(TestWorld.NewCommand(), other),
                    _ => new BlockPlayer(TestWorld.NewCommand(), other),
                };
                return world.HomeGrain<IFriendListGrain>(actor).HandleAsync(command);
            }));
            if (round == 3)
            {
                await world.RestartAsync();
            }
        }

        await TestWorld.UntilAsync(() => DisagreementAsync(world, players), disagreement => disagreement is null);
    }

    [Fact]
    public async Task Whoever_does_not_exist_declines()
    {
        await using var world = await TestWorld.StartAsync(2);
        var player = await world.RegisterAsync("s01", "player");
        var nobody = EntityId.New("s02", DateTimeOffset.UtcNow).ToString();
        var list = world.HomeGrain<IFriendListGrain>(player);
        Assert.Null((await list.HandleAsync(new RequestFriend("ask", nobody, "player"))).Refusal);
        await TestWorld.UntilAsync(() => list.GetAsync(), view => view.Outgoing.Count == 0);
        Assert.Empty(await world.HomeGrain<IMailboxGrain>(nobody).ListAsync(0, 10));
    }

    [Fact]
    public async Task Players_of_a_shard_that_falls_silent_go_offline()
    {
        await using var world = await TestWorld.StartApartAsync(2);
        var player = await world.RegisterAsync("s01", "player");
        var there = world.Grains("s02").GetGrain<IPresenceGrain>("s02");
        var here = world.Grains("s01").GetGrain<IPresenceGrain>("s01");
        var sequence = 0L;
        await TestWorld.UntilAsync(
            async () =>
            {
                await here.ReportAsync(new PresenceReport("gateway", ++sequence, true, [player], []));
                return (await there.GetAsync([player]))[0].Online;
            },
            online => online);
        Assert.True((await here.GetAsync([player]))[0].Online);

        // From here on no gateway reports and the shard tells nobody: as if its process were gone.
        await world.StopAsync("s01");
        await TestWorld.UntilAsync(() => there.GetAsync([player]), presence => !presence[0].Online);
    }

    private static async Task<string?> DisagreementAsync(TestWorld world, IReadOnlyList<string> players)
    {
        var lists = new Dictionary<string, FriendListView>();
        foreach (var player in players)
        {
            lists[player] = await world.HomeGrain<IFriendListGrain>(player).GetAsync();
        }

        foreach (var (a, list) in lists)
        {
            foreach (var b in players.Where(b => b != a))
            {
                var (here, there) = (RelationOf(list, b), RelationOf(lists[b], a));
                var mirrored = here switch
                {
                    FriendRelation.Incoming => FriendRelation.Outgoing,
                    FriendRelation.Outgoing => FriendRelation.Incoming,
                    _ => here,
                };
                if (mirrored != there || (list.Blocked.Contains(b) && here != FriendRelation.None))
                {
                    return $"{a} has {b} as {here}, and the other way round it is {there}";
                }
            }
        }

        return null;
    }

    private static FriendRelation RelationOf(FriendListView list, string player) =>
        list.Friends.Concat(list.Incoming).Concat(list.Outgoing).FirstOrDefault(view => view.PlayerId == player)?.Relation ?? FriendRelation.None;
}

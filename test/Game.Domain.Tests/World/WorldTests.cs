using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Contracts.Wars;

namespace Game.Domain.Tests.World;

/// <summary>The rules of all aggregates together, against everything that messages between them can do.</summary>
public sealed class WorldTests
{
    [Fact]
    public void Any_world_loses_no_gold_and_no_points_and_agrees_once_all_letters_have_arrived() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(400),
        Prop.ForAll(Histories.Seeds, seed =>
        {
            var world = Play(seed);
            CheckMemberships(world);
            CheckWars(world);
            CheckDirectories(world);
            Assert.Equal((0, 0), (world.Ledger.InTransit, world.Ledger.Escrow));
        }));

    [Fact]
    public void The_worlds_are_not_dull_everything_that_can_happen_does()
    {
        var happened = Enumerable.Range(1, 60).SelectMany(seed => Play(seed).Happened).ToHashSet();

        // The scoreboard moves no points, and awards are confirmed by the grain that pays them.
        Type[] notPlayed = [typeof(ScoreboardPublished), typeof(AwardsPaid)];
        Assert.Empty(typeof(GameEvent).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(GameEvent)))
            .Where(type => type.Namespace is "Game.Contracts.Players" or "Game.Contracts.Guilds" or "Game.Contracts.Wars")
            .Except(happened)
            .Except(notPlayed));
    }

    private static PureWorld Play(int seed)
    {
        var random = new Random(seed);
        var world = new PureWorld(random);
        var crowd = new Crowd(world, random);
        Live(world, crowd, random);
        ComeToRest(world, crowd);
        return world;
    }

    private static void Live(PureWorld world, Crowd crowd, Random random)
    {
        // Some worlds have a slow post, some a fast one.
        var pace = random.Next(1, 8);
        for (var step = 0; step < 500; step++)
        {
            world.Now += random.Next(100) == 0 ? TimeSpan.FromHours(random.Next(1, 30)) : TimeSpan.FromSeconds(random.Next(0, 6));
            crowd.ActOnce();
            for (var i = random.Next(pace); i > 0; i--)
            {
                world.DeliverOne();
            }

            if (world.Wars.Count > 0)
            {
                world.ProposeDue(world.Wars.Keys.ElementAt(random.Next(world.Wars.Count)));
            }

            world.CheckGold();
        }
    }

    /// <summary>Nobody does anything new; all letters arrive, all deadlines pass, every offer is answered.</summary>
    private static void ComeToRest(PureWorld world, Crowd crowd)
    {
        for (var round = 0; round < 20; round++)
        {
            while (!world.Quiet)
            {
                world.DeliverOne();
                world.CheckGold();
            }

            foreach (var guild in world.Guilds.Values.Where(guild => guild.State.Active).ToList())
            {
                crowd.AnswerOffers(guild.State);
            }

            foreach (var war in world.Wars.Keys.ToList())
            {
                world.Now = world.Wars[war].State.Deadline is { } deadline && deadline > world.Now ? deadline : world.Now;
                world.ProposeDue(war);
            }
        }

        Assert.True(world.Quiet);
    }

    private static void CheckMemberships(PureWorld world)
    {
        foreach (var player in world.Players.Values.Select(node => node.State))
        {
            Assert.NotEqual(MembershipStatus.Pending, player.Membership);
            Assert.True(player.GuildId is not { } guild || world.Guilds[guild].State.Members.ContainsKey(player.Id));
            Assert.Equal(world.EarnedBy.GetValueOrDefault(player.Id), player.Experience);
        }

        foreach (var guild in world.Guilds.Values.Select(node => node.State))
        {
            Assert.All(guild.Members.Keys, member => Assert.Equal(guild.Id, world.Players[member].State.FightsFor));
            Assert.Equal(guild.Active ? 1 : 0, guild.Members.Values.Count(member => member.Role == GuildRole.Leader));
            Assert.Empty(guild.Wars);
        }
    }

    private static void CheckWars(PureWorld world)
    {
        foreach (var (id, war) in world.Wars.Select(pair => (pair.Key, pair.Value.State)).Where(pair => pair.State.Exists))
        {
            Assert.False(war.IsOpen);
            Assert.Equal(world.Earned.GetValueOrDefault(id), war.Total);
            if (war.Status == WarStatus.Settled)
            {
                Assert.Equal(war.Total, war.Outcome!.Total);
                Assert.Empty(war.Outcome.MissingShards);
                Assert.All(PureWorld.Shards, shard => Assert.Equivalent(war.Outcome, world.Fronts[$"{shard}/{id}"].State.Outcome, strict: true));
            }
        }
    }

    private static void CheckDirectories(PureWorld world)
    {
        foreach (var (id, war) in world.Wars.Select(pair => (pair.Key, pair.Value.State)).Where(pair => pair.State.Exists))
        {
            foreach (var directory in world.WarDirectories.Values)
            {
                Assert.Equal(
                    new WarSummary(id, war.Attacker, war.AttackerName, war.Defender, war.Status, war.EndsAt, war.Outcome?.Total ?? default, war.Outcome?.Winner),
                    directory.State.Find(id));
            }
        }

        var named = world.GuildDirectories.Values.SelectMany(directory => directory.State.Guilds.Values).Select(guild => guild.Id);
        Assert.Equal(world.Guilds.Values.Where(guild => guild.State.Active).Select(guild => guild.State.Id).Order(), named.Order());
    }
}

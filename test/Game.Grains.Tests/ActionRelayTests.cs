using Game.Contracts.Analytics;
using Game.Contracts.Chat;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Queries;
using Game.Domain.Analytics.Windows;
using Game.Grains.Analytics;

namespace Game.Grains.Tests;

/// <summary>What players do in the game is in the windows exactly once, although nobody but the log has told it.</summary>
public sealed class ActionRelayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task What_the_log_holds_counts_once_while_the_store_fails_and_the_shard_restarts() => TestWorld.WithTimeAsync(5, async seconds =>
    {
        await using var world = await TestWorld.StartAsync(2);
        var random = new Random(11);
        world.Faults("s01").Next = stream =>
        {
            lock (random)
            {
                return stream.StartsWith("window/", StringComparison.Ordinal) || stream.StartsWith("action-bucket/", StringComparison.Ordinal)
                    ? random.Next(20) switch { 0 => Fault.Refused, 1 => Fault.AnswerLostBefore, 2 => Fault.AnswerLostAfter, _ => Fault.None }
                    : Fault.None;
            }
        };
        var (reds, blues) = (await world.RegisterAsync("s01", "red-leader"), await world.RegisterAsync("s02", "blue-leader"));
        var (red, blue) = (await world.FoundAsync(reds, "The Reds", "RED"), await world.FoundAsync(blues, "The Blues", "BLU"));
        var member = await world.RegisterAsync("s01", "member");
        await world.JoinAsync(member, red);
        await RestartAsync(world);
        world.Faults("s01").Next = _ => Fault.None;
        for (var i = 0; i < 10; i++)
        {
            Assert.Null((await world.HomeGrain<IPlayerGrain>(member).HandleAsync(
                new SendGuildDeposit(TestWorld.NewCommand(), 5))).Refusal);
            Assert.Null((await world.Grains("s01").GetGrain<IChatChannelGrain>("world").HandleAsync(
                new PostMessage(TestWorld.NewCommand(), member, "Member", "hello"))).Refusal);
        }

        var war = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        Assert.Null((await world.HomeGrain<IGuildGrain>(red).HandleAsync(
            new HoldWager(TestWorld.NewCommand(), reds, war, blue, 80, seconds))).Refusal);
        await TestWorld.UntilAsync(
            () => world.HomeGrain<IGuildGrain>(blue).GetAsync(), guild => guild!.Wars.Any(entry => entry.WarId == war));
        await world.HomeGrain<IGuildGrain>(blue).HandleAsync(new AcceptWar(TestWorld.NewCommand(), blues, war));
        foreach (var shard in world.Names)
        {
            await TestWorld.UntilAsync(() => world.Grains(shard).GetGrain<IWarFrontGrain>(war).GetAsync(), front => front is not null);
        }

        // As many strikes as the machine has time for.
        var (struck, struckBack) = (0, 0);
        while (struck < 50 && await world.StrikeAsync(member, war, 3))
        {
            struck++;
            if (!await world.StrikeAsync(blues, war, 2))
            {
                break;
            }

            struckBack++;
        }

        if (struckBack == 0)
        {
            return false;
        }

        await TestWorld.UntilAsync(() => world.HomeGrain<IGuildWarGrain>(war).GetAsync(), view => view!.Status == WarStatus.Settled);
        await RestartAsync(world);
        await UntilToldAsync(world);

        Assert.Equal(
            new Dictionary<string, long>
            {
                ["registered"] = 2,
                ["guildJoined"] = 2,
                ["guildDeposited"] = 10,
                ["chatted"] = 10,
                ["struck"] = struck,
                ["warEnded"] = 2,
            },
            await ActionsAsync(world, "s01"));
        Assert.Equal(
            new Dictionary<string, long> { ["registered"] = 1, ["guildJoined"] = 1, ["struck"] = struckBack }, await ActionsAsync(world, "s02"));
        var balance = await TotalAsync(world, "s01", "balance");
        Assert.Equal(1, ((Counter)balance.Metrics[new(BalanceProcessor.WarsEnded, "attacker|won")]).Value);
        Assert.Equal(1, ((Counter)balance.Metrics[new(BalanceProcessor.WarsEnded, "defender|lost")]).Value);
        Assert.Equal(3 * struck, ((Distribution)balance.Metrics[new(BalanceProcessor.StrikePoints, "")]).Sketch.Sum);

        return true;
    });

    /// <summary>The cursor is lost with what it says, as after a crash between the stream and the cursor, only worse.</summary>
    [Fact]
    public async Task A_log_that_is_told_again_from_its_beginning_changes_nothing()
    {
        await using var world = await TestWorld.StartAsync(1);
        for (var i = 0; i < 30; i++)
        {
            await world.RegisterAsync("s01", $"player{i}");
        }

        await UntilToldAsync(world, "s01");
        world.LostCursor = ActionRelayGrain.Cursors;
        await world.RestartAsync();
        await world.RegisterAsync("s01", "last");
        await UntilToldAsync(world, "s01");

        Assert.Equal(new Dictionary<string, long> { ["registered"] = 31 }, await ActionsAsync(world, "s01"));
    }

    /// <summary>Not while anything is being folded: what is cut short over streams in memory may count twice, as docs/analytics.md says.</summary>
    private static async Task RestartAsync(TestWorld world)
    {
        await UntilToldAsync(world);
        await world.RestartAsync();
    }

    private static async Task UntilToldAsync(TestWorld world)
    {
        foreach (var shard in world.Names)
        {
            await UntilToldAsync(world, shard);
        }
    }

    private static async Task UntilToldAsync(TestWorld world, string shard)
    {
        var head = await world.Store(shard).GetHeadAsync(Token);
        await TestWorld.UntilAsync(
            () => world.Grains(shard).GetGrain<IActionRelayGrain>(shard).GetStatusAsync(), status => status.Cursor >= head);
    }

    private static async Task<Dictionary<string, long>> ActionsAsync(TestWorld world, string shard) =>
        (await TotalAsync(world, shard, "behaviour")).Metrics.Where(metric => metric.Key.Name == BehaviourProcessor.Actions)
            .ToDictionary(metric => metric.Key.Dimension, metric => ((Counter)metric.Value).Value);

    private static async Task<Pane> TotalAsync(TestWorld world, string shard, string processor)
    {
        var at = DateTimeOffset.UtcNow;
        var panes = new PaneSet();
        panes.Merge(await world.Grains(shard).GetGrain<IWindowGrain>(
            WindowKey.Of(1, processor, Resolution.Day, Resolutions.MinuteOf(at)).ToString()).ReadAsync(at.AddDays(-2), at.AddDays(2)));
        return Series.Total(panes);
    }
}

using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Contracts.Identity;
using Game.Contracts.Purchases;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.Grains.Tests;

/// <summary>Actions go over the stream into windows, and money from receipts, once each.</summary>
public sealed class AnalyticsTests
{
    private const int Players = 20;
    private const int Batches = 6;
    private const int Batch = 40;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Actions_ArriveInTheirWindows_AcrossARestart()
    {
        await using var world = await TestWorld.StartAsync(1);
        var players = NewPlayers();
        await ReportAsync(world, players, 0, Batches / 2);
        await UntilFoldedAsync(world, Players * Batch * Batches / 2);
        await world.RestartAsync();
        await ReportAsync(world, players, Batches / 2, Batches);

        // What was reported before is known, also by who starts anew.
        await ReportAsync(world, players, Batches - 1, Batches);
        await UntilFoldedAsync(world, Players * Batch * Batches);
        await AssertExactAsync(world, players);
    }

    /// <summary>Appends are refused or lose their answers; deliveries come again, and nothing is lost or doubled.</summary>
    [Fact]
    public async Task Actions_CountOnce_WhileTheStoreFails()
    {
        await using var world = await TestWorld.StartAsync(1);
        var players = NewPlayers();
        var random = new Random(5);
        world.Faults("s01").Next = stream =>
        {
            if (!stream.StartsWith("window/", StringComparison.Ordinal) && !stream.StartsWith("action-bucket/", StringComparison.Ordinal))
            {
                return Fault.None;
            }

            lock (random)
            {
                return random.Next(30) switch
                {
                    0 => Fault.Refused,
                    1 => Fault.AnswerLostBefore,
                    2 => Fault.AnswerLostAfter,
                    _ => Fault.None,
                };
            }
        };
        await ReportAsync(world, players, 0, Batches);
        await UntilFoldedAsync(world, Players * Batch * Batches);
        world.Faults("s01").Next = _ => Fault.None;
        await AssertExactAsync(world, players);
    }

    [Fact]
    public async Task Receipt_CountsOnce_AndItsMoneyIsRevenue()
    {
        await using var world = await TestWorld.StartAsync(1);
        var player = NewPlayers()[0];
        var receipt = world.Grains("s01").GetGrain<IReceiptGrain>($"signed:{new string('a', 64)}");
        var now = DateTimeOffset.UtcNow;
        RecordPurchase Record(string command, string who) => new(command, who, PurchaseKind.OneTime, "gems-100", 499, "EUR", now);

        var missing = await receipt.HandleAsync(new RefundPurchase("early", null, "none"));
        Assert.Equal(RefusalCodes.ReceiptNotFound, missing.Refusal?.Code);
        var first = await receipt.HandleAsync(Record("first", player));
        var again = await receipt.HandleAsync(Record("again", player));
        Assert.Equal(first.Value, again.Value);
        var taken = await receipt.HandleAsync(Record("other", NewPlayers()[0]));
        Assert.Equal(RefusalCodes.ReceiptTaken, taken.Refusal?.Code);
        Assert.Equal(100, (await receipt.HandleAsync(new RefundPurchase("part", 100, "goodwill"))).Value?.Refunded);
        Assert.Equal(RefusalCodes.RefundTooLarge, (await receipt.HandleAsync(new RefundPurchase("more", 400, "goodwill"))).Refusal?.Code);
        Assert.Equal(499, (await receipt.HandleAsync(new RefundPurchase("rest", null, "chargeback"))).Value?.Refunded);

        await UntilFoldedAsync(world, 3);
        var total = await TotalAsync(world, "revenue", now);
        Assert.Equal(499, ((Counter)total.Metrics[new(RevenueProcessor.Gross, "EUR")]).Value);
        Assert.Equal(499, ((Counter)total.Metrics[new(RevenueProcessor.Refunds, "EUR")]).Value);
        Assert.Equal(1, ((Counter)total.Metrics[new(RevenueProcessor.Purchases, "gems-100")]).Value);
    }

    private static string[] NewPlayers() =>
        [.. Enumerable.Range(0, Players).Select(_ => EntityId.New("s01", DateTimeOffset.UtcNow).ToString())];

    private static Task ReportAsync(TestWorld world, string[] players, int from, int to) => Task.WhenAll(players.Select(async player =>
    {
        for (var batch = from; batch < to; batch++)
        {
            await world.Grains("s01").GetGrain<IActionIntakeGrain>(ActionStreams.BucketOf(player)).TakeAsync(
                [.. Enumerable.Range(0, Batch).Select(i => ActionOf(player, batch, i))]);
        }
    }));

    private static PlayerAction ActionOf(string player, int batch, int i) => new(
        $"key-{batch}/{i}",
        player,
        "s01",
        ActionKind.SkillUsed,
        Start.AddSeconds((batch * 60) + i),
        Skill: $"skill-{i % 3}",
        Amount: (batch * 100) + i);

    private static Task<long> UntilFoldedAsync(TestWorld world, long actions) => TestWorld.UntilAsync(
        async () => (await Task.WhenAll(Enumerable.Range(0, ActionStreams.Buckets).Select(number => world.Grains("s01")
            .GetGrain<IActionStreamGrain>(ActionStreams.BucketOf("s01", number)).GetStatusAsync()))).Sum(status => status.Counters.Counted),
        counted => counted == actions);

    private static async Task AssertExactAsync(TestWorld world, string[] players)
    {
        var all = players
            .SelectMany(player => Enumerable.Range(0, Batches * Batch).Select(i => ActionOf(player, i / Batch, i % Batch)))
            .ToList();
        foreach (var resolution in Resolutions.All)
        {
            var panes = new PaneSet();
            panes.Merge(await world.Grains("s01").GetGrain<IWindowGrain>(
                WindowKey.Of(1, "balance", resolution, Resolutions.MinuteOf(Start)).ToString()).ReadAsync(Start.AddDays(-1), Start.AddDays(1)));
            var length = Resolutions.PaneOf(resolution);
            Assert.Equal(
                all.GroupBy(action => (Resolutions.Floor(Resolutions.MinuteOf(action.At), length), action.Skill!))
                    .ToDictionary(group => group.Key, group => ((long)group.Count(), group.Sum(action => action.Amount!.Value))),
                panes.Panes.SelectMany(pane => pane.Value.Metrics.Where(metric => metric.Key.Name == BalanceProcessor.SkillUses)
                        .Select(metric => (pane.Key, metric.Key.Dimension, pane.Value)))
                    .ToDictionary(
                        entry => (entry.Key, entry.Dimension),
                        entry => (((Counter)entry.Value.Metrics[new(BalanceProcessor.SkillUses, entry.Dimension)]).Value,
                            ((Distribution)entry.Value.Metrics[new(BalanceProcessor.SkillDamage, entry.Dimension)]).Sketch.Sum)));
        }
    }

    private static async Task<Pane> TotalAsync(TestWorld world, string processor, DateTimeOffset at)
    {
        var panes = new PaneSet();
        panes.Merge(await world.Grains("s01").GetGrain<IWindowGrain>(
            WindowKey.Of(1, processor, Resolution.Day, Resolutions.MinuteOf(at)).ToString()).ReadAsync(at.AddDays(-2), at.AddDays(2)));
        return Domain.Analytics.Queries.Series.Total(panes);
    }
}
